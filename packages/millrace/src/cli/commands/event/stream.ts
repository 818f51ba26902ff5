import { findLastSeq } from "../../../contract/last-event.ts";
import { number, text, texts } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { findFlowRun } from "../../find-run.ts";
import type { EventFilter } from "../../newest-events.ts";
import { nameOption, toNames, toResources } from "./event-patterns.ts";
import { followEvents } from "./follow-events.ts";

export const eventStream = defineCommand({
  summary: "Print events as they come, until Ctrl-C",
  details: ["With --json: one line of JSON each, an event. `event ls` shows what has been."],
  positionals: {},
  options: {
    run: text("RUN", "Only events of this flow run: an id, a name, or `latest`."),
    name: nameOption,
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
