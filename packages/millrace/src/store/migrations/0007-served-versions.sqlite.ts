/**
 * Version 7 of the ledger in SQLite: it says which older versions of the program may use it. What it says counts for the version
 * that it says it of.
 */
export const servedVersionsSql = `
create table ledger_version (version integer not null, serves integer not null) strict;
insert into ledger_version values (0, 0);
`;
