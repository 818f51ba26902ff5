/** Version 5 of the ledger in PostgreSQL: one entry of the audit log may be of many calls. */
export const auditCallsSql = `
alter table {schema}.audit_entry add column calls integer not null default 1;
`;
