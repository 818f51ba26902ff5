import { MillraceError } from "../../../contract/errors.ts";
import { signalKey } from "../../../contract/records.ts";
import { isTerminal } from "../../../contract/states.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { text } from "../../arguments/options.ts";
import { optional, required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { runTitle } from "../../output/run-title.ts";
import { parseValue } from "../../parameters.ts";
import { setBy } from "../../set-by.ts";

export const signalSend = defineCommand({
  summary: "Send a value to a run that waits for a signal, or will",
  details: [
    "The value is kept until the run waits for a signal of this name; the run checks it. A value that can be read as JSON is that, " +
      "everything else a text.",
    'With --json: `{ "id": the value\'s id, "isNew": false when one of this id was sent before }`.',
  ],
  positionals: {
    run: required(runArgument),
    name: required("The name of the signal."),
    value: optional("JSON, or a text. Default: none."),
  },
  options: { id: text("ID", "The same id twice is one value, for senders that try again.") },
  examples: [{ command: `signal send latest approve '{"by":"Ada"}'`, why: 'signal("approve") in the flow' }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const run = await findFlowRun(host.api, args.run);
    if (isTerminal(run.state.type)) {
      const reason = `Flow run ${run.id} has ended ${run.state.name}, and waits for nothing`;
      throw new MillraceError("USAGE", { reason, advice: "Send it to a run that goes on." });
    }
    const { id = uuidv7() } = options;
    const value = host.encode(args.value === undefined ? undefined : parseValue(args.value));
    const input = { flowRunId: run.id, key: signalKey(args.name), id, value, sender: setBy("signal send") };
    const isNew = await host.api.sendRunInput(input);
    if (context.json) context.out.json({ id, isNew });
    else
      context.out.line(
        isNew ? `Sent ${args.name} to ${runTitle(run, context.out.look)}.` : "A value of this id was sent before.",
      );
    return undefined;
  },
});
