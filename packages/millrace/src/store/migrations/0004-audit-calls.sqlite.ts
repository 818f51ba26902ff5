/** Version 4 of the ledger in SQLite: one entry of the audit log may be of many calls. */
export const auditCallsSql = `
alter table audit_entry add column calls integer not null default 1;
`;
