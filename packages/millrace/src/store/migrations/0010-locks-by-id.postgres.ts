/**
 * Version 10 of the ledger in PostgreSQL: `record` takes its locks one run at a time. A connection keeps the plan of the list
 * that it made while there were hardly any runs, which goes through all of them; one run is found by the index of its id, however
 * few there were.
 */

import { lateBatchesSql } from "./0007-late-batches.postgres.ts";

const ofAll = "perform 1 from {schema}.flow_run f where f.id = any(asked_ids) order by f.id for update;";

const oneByOne = `for asked_id in select t.id from unnest(asked_ids) as t(id) order by t.id loop
        perform 1 from {schema}.flow_run f where f.id = asked_id for update;
      end loop;`;

/** The first function of version 7. */
const recordSql = lateBatchesSql.slice(0, lateBatchesSql.indexOf("$$;") + "$$;".length);

export const locksByIdSql = recordSql
  .replaceAll(ofAll, oneByOne)
  .replaceAll("asked_ids uuid[];", "asked_ids uuid[];\n  asked_id uuid;");
