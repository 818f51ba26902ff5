/** Version 9 of the ledger in PostgreSQL: it says which older versions of the program may use it. */
export const servedVersionsSql = `
alter table {schema}.ledger_version add column serves integer not null default 0;
`;
