import { choice, flag, text } from "./arguments/options.ts";

/** Options of every command. */
export const globalOptions = {
  json: flag("Print JSON in place of text."),
  home: text("FOLDER", "The ledger's home, in place of MILLRACE_HOME."),
  database: text("URL", "The ledger's PostgreSQL, in place of MILLRACE_DATABASE."),
  profile: text("NAME", "The profile of settings, in place of MILLRACE_PROFILE."),
  color: choice(["auto", "always", "never"], "Whether to colour the output.", { bare: "always", negated: "never" }),
  absolute: flag("Show times as dates, not as how long ago."),
  utc: flag("Show times as dates in UTC."),
  help: flag("Show this help.", { short: "h" }),
} as const;
