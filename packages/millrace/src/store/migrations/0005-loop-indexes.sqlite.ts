/** Version 5 of the ledger in SQLite: what a server's loops look for again and again, found without what is not it. */
export const loopIndexesSql = `
create index flow_run_by_name_due on flow_run (state_name, coalesce(due_at, 1e18)) where due_at is not null;
create index flow_run_unended_child on flow_run (created_at) where parent_run_id is not null and ended_at is null;
`;
