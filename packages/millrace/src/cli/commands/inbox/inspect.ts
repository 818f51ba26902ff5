import type { FlowRun } from "../../../contract/flow-run.ts";
import type { JsonObject } from "../../../contract/objects.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { cleanLine, cleanText } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { runTitle } from "../../output/run-title.ts";
import { shortId } from "../../output/short-id.ts";
import { renderTable } from "../../output/table.ts";
import { fieldsOf, type FormField, schemaOf } from "./form.ts";
import { requireWaiting } from "./waiting-run.ts";

export const inboxInspect = defineCommand({
  summary: "Show what a run waits for: the question, the fields of its answer, and until when",
  details: ["With --json: `{ flowRunId, key, description, schema, fields, since, until }`."],
  positionals: { run: required(runArgument) },
  options: {},
  examples: [{ command: "inbox inspect 019a3b2c-4d5e", why: "what am I asked?" }],
  async run({ args }, context) {
    await using host = await context.openHost();
    const run = requireWaiting(await findFlowRun(host.api, args.run));
    const schema = schemaOf(run);
    const fields = schema === null ? [] : fieldsOf(schema);
    const {
      pauseKey = null,
      inputDescription: description = null,
      pauseTimeoutAt: until = null,
    } = run.state.details ?? {};
    if (context.json) {
      const since = run.state.at;
      context.out.json({ flowRunId: run.id, key: pauseKey, description, schema, fields, since, until });
    } else print(run, { schema, fields }, context);
    return undefined;
  },
});

function print(
  run: FlowRun,
  { schema, fields }: { readonly schema: JsonObject | null; readonly fields: readonly FormField[] },
  { out, times }: CommandContext,
): void {
  const { pauseKey, inputDescription, pauseTimeoutAt, suspended } = run.state.details ?? {};
  const { bold, dim } = out.look.paint;
  out.lines(
    renderFacts(
      [
        ["Flow run", bold(runTitle(run, out.look))],
        ["Id", run.id],
        ["Waits at", pauseKey === undefined ? null : cleanLine(pauseKey)],
        ["Asks", inputDescription === undefined ? null : cleanLine(inputDescription)],
        ["Since", times.long(run.state.at)],
        ["Until", pauseTimeoutAt === undefined ? null : times.long(pauseTimeoutAt)],
        ["Goes on", suspended === true ? "where it is answered" : "in its own process"],
      ],
      out,
    ),
  );
  const answer = `millrace inbox answer ${shortId(run.id)}`;
  if (schema === null) {
    out.lines(["", `It asks for no answer: \`${answer}\` lets it go on.`]);
  } else if (fields.length === 0) {
    out.lines(["", dim("Answer"), cleanText(JSON.stringify(schema, null, 2)), "", `${answer} --input '<JSON>'`]);
  } else {
    const given = fields.filter(({ isRequired }) => isRequired).map(({ name, type }) => `${name}=<${type}>`);
    const words = given.length === 0 ? "" : ` ${given.map((each) => `-p ${each}`).join(" ")}`;
    out.lines(["", dim("Answer"), ...renderFields(fields, out), "", cleanLine(`${answer}${words}`)]);
  }
}

function renderFields(fields: readonly FormField[], out: CommandContext["out"]): readonly string[] {
  return renderTable(
    fields,
    [
      { title: "FIELD", cell: ({ name }) => name, shrinksTo: 10 },
      { title: "TYPE", cell: ({ type }) => type, shrinksTo: 10 },
      {
        title: "NEEDED",
        cell: ({ isRequired, initial }) => (isRequired ? "yes" : initial === null ? "no" : `else ${initial}`),
        shrinksTo: 8,
      },
      { title: "DESCRIPTION", cell: ({ description }) => description, shrinksTo: 12, leftOut: 1 },
    ],
    { width: out.width, look: out.look },
  );
}
