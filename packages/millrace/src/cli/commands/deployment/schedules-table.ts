import type { Schedule } from "../../../contract/objects.ts";
import type { CommandContext } from "../../command.ts";
import { scheduleText } from "../../output/schedule-text.ts";
import { shortId } from "../../output/short-id.ts";
import { renderTable } from "../../output/table.ts";

export function renderSchedules(
  schedules: readonly Schedule[],
  { out }: Pick<CommandContext, "out">,
): readonly string[] {
  const { paint } = out.look;
  return renderTable(
    schedules,
    [
      { title: "ID", cell: ({ id }) => shortId(id) },
      { title: "SLUG", cell: ({ slug }) => slug ?? "", shrinksTo: 8 },
      { title: "SCHEDULE", cell: ({ spec }) => scheduleText(spec), shrinksTo: 16 },
      {
        title: "STATUS",
        cell: ({ active }) => (active ? "active" : "paused"),
        style: ({ active }) => (active ? paint.green : paint.yellow),
      },
      {
        title: "PARAMETERS",
        cell: ({ parameters = {} }) => (Object.keys(parameters).length === 0 ? "" : JSON.stringify(parameters)),
        shrinksTo: 10,
        leftOut: 1,
      },
    ],
    { width: out.width, look: out.look },
  );
}
