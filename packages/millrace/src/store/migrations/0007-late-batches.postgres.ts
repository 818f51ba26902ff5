/**
 * Version 7 of the ledger in PostgreSQL: `record` and `record_task_run` write no state of a task run that has been left
 * already. A batch that was sent again may come a second time, long after what followed it. How the functions work is told in
 * version 1.
 */

import { functionsSql } from "./0002-functions.postgres.ts";
import { recordSql } from "./0003-record.postgres.ts";

const endGivesWay = "else reopens or t.state_type not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED') end";

/** The last function of version 2. It takes the place of the one that is there without a moment in which there is none. */
const recordTaskRunSql = functionsSql
  .slice(functionsSql.indexOf("drop function {schema}.record_task_run;"))
  .replace("drop function {schema}.record_task_run;", "")
  .replace("create function", "create or replace function");

export const lateBatchesSql = (recordSql + recordTaskRunSql).replaceAll(
  endGivesWay,
  `else t.state_at <= excluded.state_at
            and (reopens or t.state_type not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')) end`,
);
