import type { AuditEntry, AuditFilter } from "../../../contract/access.ts";
import type { Api } from "../../../contract/api.ts";
import { isMillraceError, MillraceError } from "../../../contract/errors.ts";
import { choices, text, wholeNumber } from "../../arguments/options.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findAccount } from "../../find-account.ts";
import { renderTable } from "../../output/table.ts";
import { readPages } from "../../read-pages.ts";
import { parseSince } from "../../since.ts";
import { watchable } from "../../watchable.ts";

export const auditLs = watchable(
  defineCommand({
    summary: "List what was done and what was denied, by whom and from where, the newest first",
    details: [
      "Of a server with access control: each call that changed something, or that was denied. Somebody who was not known is shown by the name that was tried.",
      "With --json: an array of entries.",
    ],
    positionals: {},
    options: {
      account: text("NAME", "Only what this account did: its name, its id or the start of it."),
      outcome: choices(
        ["done", "failed", "denied"],
        "OUTCOME",
        "Only calls that ended so; may be given several times.",
      ),
      action: text("NAME", "Only calls of this name, such as deleteFlowRun."),
      search: text("TEXT", "Only where this is in the path, the action or the account's name."),
      since: text("WHEN", "Only from this time on: 24h, or 2026-11-22."),
      until: text("WHEN", "Only up to this time."),
      limit: wholeNumber("N", "At most so many.", { initial: 50, max: 1_000_000, short: "n" }),
    },
    examples: [
      { command: "audit ls --outcome denied --since 24h", why: "who was kept out since yesterday?" },
      { command: "audit ls --account ada --action deleteFlowRun", why: "" },
      { command: "audit ls --search 019a3b2c --json", why: "what was done to a run, for a script" },
    ],
    async run({ options }, context) {
      await using host = await context.openHost();
      const { api } = host;
      const filter = await toFilter(api, options, context);
      const entries = await readPages((page) => api.listAuditEntries(filter, page), { limit: options.limit });
      const { out, json } = context;
      if (json) out.json(entries);
      else if (entries.length === 0) out.line("There are no such entries.");
      else out.lines(renderEntries(entries, context));
      return undefined;
    },
  }),
);

async function toFilter(
  api: Api,
  given: {
    readonly account: string | undefined;
    readonly outcome: readonly AuditEntry["outcome"][];
    readonly action: string | undefined;
    readonly search: string | undefined;
    readonly since: string | undefined;
    readonly until: string | undefined;
  },
  { clock }: Pick<CommandContext, "clock">,
): Promise<AuditFilter> {
  const { account, outcome, action, search, since, until } = given;
  const now = clock.now();
  return {
    ...(since === undefined ? {} : { since: parseSince(since, now) }),
    ...(until === undefined ? {} : { until: parseSince(until, now) }),
    ...(account === undefined ? {} : { accountId: await findAccountId(api, account) }),
    ...(outcome.length === 0 ? {} : { outcomes: outcome }),
    ...(action === undefined ? {} : { action }),
    ...(search === undefined ? {} : { text: search }),
  };
}

const wholeId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The log knows accounts that are gone; those have no name any more but the one that is searched for. */
async function findAccountId(api: Api, reference: string): Promise<string> {
  if (wholeId.test(reference)) return reference;
  try {
    return (await findAccount(api, reference)).id;
  } catch (error) {
    if (!isMillraceError(error, "NOT_FOUND")) throw error;
    const advice = "`--search` finds what accounts did that are gone, and names that were only tried.";
    throw new MillraceError("NOT_FOUND", { kind: "account", name: reference, advice }, { cause: error });
  }
}

function renderEntries(
  entries: readonly AuditEntry[],
  { out, times }: Pick<CommandContext, "out" | "times">,
): readonly string[] {
  const { red, yellow, green } = out.look.paint;
  const styles = { done: green, failed: yellow, denied: red };
  return renderTable(
    entries,
    [
      { title: "AT", cell: ({ at }) => times.short(at) },
      { title: "OUTCOME", cell: ({ outcome }) => outcome, style: ({ outcome }) => styles[outcome] },
      { title: "ACCOUNT", cell: accountText, shrinksTo: 12 },
      { title: "BY", cell: ({ means }) => means ?? "", leftOut: 2 },
      { title: "ADDRESS", cell: ({ address }) => address, leftOut: 3 },
      { title: "ACTION", cell: ({ action }) => action, shrinksTo: 16 },
      ...(entries.some(({ calls }) => calls > 1) ? [callsColumn] : []),
      { title: "PATH", cell: ({ path }) => path, shrinksTo: 12, leftOut: 1 },
    ],
    { width: out.width, look: out.look },
  );
}

/** Only where an entry is of many: those of a stranger within a minute. */
const callsColumn = {
  title: "CALLS",
  cell: ({ calls }: AuditEntry) => String(calls),
  align: "right",
} as const;

/** A name that was only tried may be that of an account, and is not the account. */
function accountText({ accountId, accountName }: AuditEntry): string {
  if (accountName === null) return "(nobody)";
  return accountId === null ? `"${accountName}"?` : accountName;
}
