import { MillraceError } from "../../contract/errors.ts";

export const defaultSchema = "millrace";

export interface PostgresLocation {
  /** The connection string, without what is ours in it. */
  readonly connectionString: string;
  /** The schema that holds the ledger. */
  readonly schema: string;
  /** Where it is, for people: without user and password. */
  readonly label: string;
}

/** Reads `postgres://user:password@host:port/database?schema=name`. SETTING_INVALID */
export function toPostgresLocation(url: string): PostgresLocation {
  const parsed = URL.parse(url);
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw invalid("it is no URL of the form postgres://user@host:5432/database");
  }
  const schema = parsed.searchParams.get("schema") ?? defaultSchema;
  if (!/^[a-z_][a-z0-9_]{0,39}$/.test(schema)) {
    throw invalid("its schema is not made of up to 40 lower-case letters, digits and `_`");
  }
  parsed.searchParams.delete("schema");
  const label = `${parsed.protocol}//${parsed.host}${parsed.pathname}${schema === defaultSchema ? "" : `?schema=${schema}`}`;
  return { connectionString: parsed.href, schema, label };
}

/** Where the ledger of a workspace is: in a schema whose name ends in half of its id. A name of PostgreSQL has 63 characters. */
export function besideLocation(location: PostgresLocation, id: string): PostgresLocation {
  const schema = `${location.schema}_w_${id.replaceAll("-", "").slice(-16)}`;
  return { ...location, schema, label: `${location.label}, schema ${schema}` };
}

function invalid(reason: string): MillraceError {
  return new MillraceError("SETTING_INVALID", { setting: "database", reason });
}
