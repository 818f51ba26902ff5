import type { StoredEvent } from "../../../contract/records.ts";
import type { CommandContext } from "../../command.ts";
import { shortId } from "../../output/short-id.ts";
import { renderTable } from "../../output/table.ts";

/** The lines of a table of events, its head first. */
export function renderEvents(
  events: readonly StoredEvent[],
  { out, times }: Pick<CommandContext, "out" | "times">,
): readonly string[] {
  return renderTable(
    events,
    [
      { title: "SEQ", cell: ({ seq }) => String(seq), align: "right" },
      { title: "AT", cell: ({ at }) => times.short(at) },
      { title: "EVENT", cell: ({ name }) => name, shrinksTo: 36 },
      { title: "RESOURCE", cell: resourceText, shrinksTo: 16 },
      { title: "PAYLOAD", cell: ({ payload }) => payload ?? "", shrinksTo: 8, leftOut: 1 },
    ],
    { width: out.width, look: out.look },
  );
}

/** "flow-run 019a3b2c-4d5e", "deployment nightly"; an id of somebody else's as it is. */
function resourceText({ resource }: StoredEvent): string {
  const { id = "", name } = resource;
  const [, kind, own] = /^millrace\.([a-z-]+)\.(.+)$/.exec(id) ?? [];
  if (kind === undefined || own === undefined) return id;
  return `${kind} ${name ?? shortId(own)}`;
}
