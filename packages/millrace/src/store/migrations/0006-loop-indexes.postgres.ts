/** Version 6 of the ledger in PostgreSQL: what a server's loops look for again and again, found without what is not it. */
export const loopIndexesSql = `
create index flow_run_by_name_due on {schema}.flow_run (state_name, coalesce(due_at, 1e18), seq) where due_at is not null;
create index flow_run_unended_child on {schema}.flow_run (created_at, seq) where parent_run_id is not null and ended_at is null;
`;
