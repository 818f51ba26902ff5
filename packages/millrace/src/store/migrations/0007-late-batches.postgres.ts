/**
 * Version 7 of the ledger in PostgreSQL: `record` does not write a state of a task run that has been left already. A batch
 * that was sent again may come a second time, long after what followed it. How the function works is told in version 1.
 */

import { recordSql } from "./0003-record.postgres.ts";

const endGivesWay = "else reopens or t.state_type not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED') end";

export const lateBatchesSql = recordSql.replaceAll(
  endGivesWay,
  `else t.state_at <= excluded.state_at
            and (reopens or t.state_type not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')) end`,
);
