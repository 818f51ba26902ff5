import type { Api } from "../../../contract/api.ts";
import { takenSlots } from "../../../contract/concurrency.ts";
import type { ConcurrencyLimit, SlotLease } from "../../../contract/objects.ts";
import { required } from "../../arguments/positionals.ts";
import { type AnyCommand, type CommandContext, defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { renderTable } from "../../output/table.ts";
import { type LimitFamily, limitName, toLookup } from "./limit-family.ts";
import { decayText } from "./ls.ts";
import { watchable } from "../../watchable.ts";
import { withPage } from "../../with-page.ts";

const maxHolders = 50;

export function createLimitInspect(family: LimitFamily): AnyCommand {
  const { group, noun, argument, example } = family;
  return withPage(
    watchable(
      defineCommand({
        summary: `Show a ${noun}, and who holds its slots`,
        details: ["With --json: the concurrency limit, with `leases` (who holds its slots, and until when)."],
        positionals: { limit: required(argument) },
        options: {},
        examples: [{ command: `${group} inspect ${example}`, why: "who has its slots?" }],
        async run({ args }, context) {
          await using host = await context.openHost();
          const limit = await findObject(host.api, args.limit, toLookup(family));
          const leases = await readLeases(host.api, limit);
          if (context.json) context.out.json({ ...limit, leases });
          else print(limit, { ...context, leases, name: limitName(family, limit) });
          return undefined;
        },
      }),
    ),
    { kind: "concurrency-limit", find: async (api, { limit }) => (await findObject(api, limit, toLookup(family))).id },
  );
}

/** Those that hold slots of a limit, the first to end first. */
export async function readLeases(api: Api, { id }: ConcurrencyLimit): Promise<readonly SlotLease[]> {
  const where = { field: "limitIds", hasAny: [id] };
  const sort = { field: "expiresAt", direction: "asc" } as const;
  return (await api.listObjects("slot-lease", { where, sort }, { limit: 1000 })).items;
}

function print(
  limit: ConcurrencyLimit,
  {
    out,
    times,
    clock,
    leases,
    name,
  }: CommandContext & { readonly leases: readonly SlotLease[]; readonly name: string },
): void {
  const average = limit.averageSeconds;
  out.lines(
    renderFacts(
      [
        ["Limit", out.look.paint.bold(cleanLine(name))],
        ["Id", limit.id],
        ["Slots", String(limit.slots)],
        ["Taken", String(takenSlots(limit, clock.now()))],
        ["Decay", decayText(limit)],
        ["Enforced", limit.active ? "yes" : "no"],
        ["Held for", average === undefined ? null : `${Math.round(average * 10) / 10} s on average`],
        ["Created", times.long(limit.createdAt)],
        ["Updated", times.long(limit.updatedAt)],
      ],
      out,
    ),
  );
  if (leases.length === 0) return;
  const table = renderTable(
    leases.slice(0, maxHolders),
    [
      { title: "HOLDER", cell: ({ holder }) => (holder === "" ? "(nobody said)" : holder), shrinksTo: 16 },
      { title: "SLOTS", cell: ({ slots }) => String(slots), align: "right" },
      { title: "SINCE", cell: ({ createdAt }) => times.short(createdAt) },
      { title: "ENDS", cell: ({ expiresAt }) => times.short(expiresAt) },
    ],
    { width: out.width, look: out.look },
  );
  out.lines(["", out.look.paint.dim("Holders"), ...table]);
  if (leases.length > maxHolders) out.line(out.look.paint.dim(`and ${leases.length - maxHolders} more`));
}
