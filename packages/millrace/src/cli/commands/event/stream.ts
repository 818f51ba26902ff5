import { findLastSeq } from "../../../contract/last-event.ts";
import { number, text, texts } from "../../arguments/options.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { findFlowRun } from "../../find-run.ts";
import type { EventFilter } from "../../newest-events.ts";
import { followEvents } from "./follow-events.ts";

export const eventStream = defineCommand({
  summary: "Print events as they come, until Ctrl-C",
  details: ["With --json: one line of JSON each, an event. `event ls` shows what has been."],
  positionals: {},
  options: {
    run: text("RUN", "Only events of this flow run: an id, a name, or `latest`."),
    name: texts("NAME", "Only events of this name; with a * at its end, of all names that begin with it."),
    resource: texts("ID", "Only events of this resource, such as millrace.deployment.<id>; * as above."),
    count: number("N", "End after so many.", { min: 1 }),
  },
  examples: [
    { command: "event stream", why: "what is going on?" },
    { command: 'event stream --name "millrace.deployment.*" --json', why: "for a script" },
  ],
  async run({ options }, context) {
    const { run, name, resource, count } = options;
    await using host = await context.openHost();
    const { api } = host;
    const filter: EventFilter = {
      ...(run === undefined ? {} : { flowRunIds: [(await findFlowRun(api, run)).id] }),
      ...toNames(name),
      ...toResources(resource),
    };
    const after = await findLastSeq(api);
    await followEvents({ api, filter, after, ...(count === undefined ? {} : { count }) }, context);
    return undefined;
  },
});

/** @throws UsageProblem when some end with a star and some do not: an event would have to meet both */
function toNames(written: readonly string[]): Pick<EventFilter, "names" | "namePrefixes"> {
  const { starts, wholes } = sort(written);
  if (starts.length > 0 && wholes.length > 0) {
    throw new UsageProblem("--name takes whole names, or starts of names with a *, not both");
  }
  if (written.length === 0) return {};
  return starts.length > 0 ? { namePrefixes: starts } : { names: wholes };
}

function toResources(written: readonly string[]): Pick<EventFilter, "resourceIds" | "resourceIdPrefixes"> {
  const { starts, wholes } = sort(written);
  return {
    ...(wholes.length === 0 ? {} : { resourceIds: wholes }),
    ...(starts.length === 0 ? {} : { resourceIdPrefixes: starts }),
  };
}

/** What ends with a star is the start of what is looked for. */
function sort(written: readonly string[]): { readonly starts: readonly string[]; readonly wholes: readonly string[] } {
  return {
    starts: written.filter((each) => each.endsWith("*")).map((each) => each.slice(0, -1)),
    wholes: written.filter((each) => !each.endsWith("*")),
  };
}
