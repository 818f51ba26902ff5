import type { Api } from "../../../contract/api.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { InboxItem, PauseAnswer } from "../../../contract/inbox.ts";
import type { JsonObject } from "../../../contract/objects.ts";
import { displayWidth } from "../../../kit/text.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { cleanLine, cleanText } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { runTitle } from "../../output/run-title.ts";
import { shortId } from "../../output/short-id.ts";
import { renderTable } from "../../output/table.ts";
import { wrapText } from "../../output/wrap-text.ts";
import { withPage } from "../../with-page.ts";
import { fieldsOf, type FormField } from "./form.ts";
import { refusalText } from "./taken.ts";
import { timeoutText } from "./timeout-text.ts";
import { givenAnswer, requireItem, whoGave } from "./waiting-run.ts";

export const inboxInspect = withPage(
  defineCommand({
    summary: "Show what a run waits for: the question, who may answer, the form, and what was answered before",
    details: [
      "Of a run that waits for nobody any more: what it was answered.",
      "With --json: `{ item, fields, history }`: what is asked (null when nothing is), the fields of its form, and the answers to all questions of the run, also those that it refused.",
    ],
    positionals: { run: required(runArgument) },
    options: {},
    examples: [{ command: "inbox inspect 019a3b2c-4d5e", why: "what am I asked?" }],
    async run({ args }, context) {
      await using host = await context.openHost();
      const { api } = host;
      const named = await findFlowRun(api, args.run);
      const asked = await findAsked(api, named);
      const fields = asked.item?.schema == null ? [] : fieldsOf(asked.item.schema, asked.item.initialValues);
      const { item, history, run } = asked;
      if (context.json) context.out.json({ item, fields, history });
      else {
        if (item === null) printEnded(run, context);
        else printQuestion({ run, item, root: await readRoot(api, run) }, context);
        if (history.length > 0) printHistory(history, context);
        if (item !== null) printForm({ run, item, fields }, context);
      }
      return undefined;
    },
  }),
  {
    kind: "flow-run",
    async find(api, { run }) {
      const named = await findFlowRun(api, run);
      return (await api.readInboxItem(named.id))?.flowRunId ?? named.id;
    },
  },
);

interface Asked {
  /** The run that asks: the one that was named, or a subflow of it. */
  readonly run: FlowRun;
  readonly item: InboxItem | null;
  readonly history: readonly PauseAnswer[];
}

/** @throws PAUSE_NOT_WAITING for a run that asks nothing and was never answered */
async function findAsked(api: Api, named: FlowRun): Promise<Asked> {
  const found = await api.readInboxItem(named.id);
  const history = await api.listAnswers(found?.flowRunId ?? named.id);
  const item = found === null && history.length === 0 ? await requireItem(api, named) : found;
  const run = item === null || item.flowRunId === named.id ? named : await api.readFlowRun(item.flowRunId);
  return { run: run ?? named, item, history };
}

/** Whether it has a deployment decides where a suspended run goes on. */
async function readRoot(api: Api, run: FlowRun): Promise<FlowRun> {
  return run.rootRunId === run.id ? run : ((await api.readFlowRun(run.rootRunId)) ?? run);
}

function printEnded(run: FlowRun, { out }: CommandContext): void {
  const facts = [
    ["Flow run", out.look.paint.bold(runTitle(run, out.look))],
    ["Id", run.id],
    ["Asks", `nothing: it is ${run.state.name}`],
  ] as const;
  out.lines(renderFacts(facts, out));
}

interface Question {
  readonly run: FlowRun;
  readonly item: InboxItem;
  readonly root: FlowRun;
}

function printQuestion({ run, item, root }: Question, { out, times }: CommandContext): void {
  const { key, title, description, answerers, since, until, onTimeout } = item;
  const asks = title ?? (description !== null && isLine(description, out.width) ? description : null);
  const facts = [
    ["Flow run", out.look.paint.bold(runTitle(run, out.look))],
    ["Id", run.id],
    ["Waits at", key === null ? null : cleanLine(key)],
    ["Asks", asks === null ? null : cleanLine(asks)],
    ["May answer", answerers.length === 0 ? "anybody" : cleanLine(answerers.join(", "))],
    ["Since", times.long(since)],
    ["Until", until === null ? null : times.long(until)],
    ["Then", until === null ? null : cleanLine(timeoutText(onTimeout).long)],
    ["Goes on", whereText(item, root)],
  ] as const;
  out.lines(renderFacts(facts, out));
  if (description !== null && description !== asks) out.lines(["", ...wrapLines(description, out.width)]);
}

/** True for what can be shown among the facts without being cut. */
function isLine(text: string, width: number): boolean {
  return !text.trim().includes("\n") && displayWidth(text) <= width - 20;
}

function wrapLines(text: string, width: number): readonly string[] {
  const lines = cleanText(text.trim()).split("\n");
  return lines.flatMap((line) => (displayWidth(line) <= width ? [line] : wrapText(line, width)));
}

function whereText({ kind }: InboxItem, root: FlowRun): string {
  if (kind === "paused") return "in its own process";
  // Without an entrypoint it can be gone on with by nobody here: it is one of Prefect's client.
  const isStarted = root.deploymentId !== null || root.entrypoint === null;
  return isStarted ? "in a process that is started for it" : "where it is answered";
}

function printHistory(history: readonly PauseAnswer[], { out, times }: CommandContext): void {
  const table = renderTable(
    history,
    [
      { title: "WHEN", cell: ({ at }) => times.short(at) },
      { title: "AT", cell: ({ key }) => key, shrinksTo: 8, leftOut: 1 },
      { title: "BY", cell: whoGave, shrinksTo: 8 },
      { title: "ANSWER", cell: ({ value }) => JSON.stringify(value), shrinksTo: 12 },
      { title: "BECAME", cell: becameText, shrinksTo: 12 },
    ],
    { width: out.width, look: out.look },
  );
  out.lines(["", out.look.paint.dim("Answers"), ...table]);
}

function becameText({ state, reason }: PauseAnswer): string {
  if (state === "given") return "not taken yet";
  return reason === null ? state : `${state}: ${reason}`;
}

interface Form {
  readonly run: FlowRun;
  readonly item: InboxItem;
  readonly fields: readonly FormField[];
}

function printForm({ run, item, fields }: Form, { out }: CommandContext): void {
  const { dim } = out.look.paint;
  const last = item.answers.at(-1);
  // In whole: the table may have cut it, and the next answer is to be another.
  if (last?.state === "refused") out.lines(["", ...wrapLines(refusalText(last), out.width)]);
  const given = givenAnswer(item);
  const answer = `millrace inbox answer ${shortId(item.flowRunId)}`;
  if (given !== null) {
    out.lines(["", cleanLine(`It was answered by ${whoGave(given)}, and has not gone on yet.`)]);
    if (item.kind === "suspended") out.line(`\`millrace flow-run resume ${shortId(run.rootRunId)}\` goes on with it.`);
  } else if (item.schema === null) {
    out.lines(["", `It has no form: \`${answer}\` lets it go on.`]);
  } else if (fields.length === 0) {
    out.lines(["", dim("Answer"), schemaText(item.schema), "", `${answer} --input '<JSON>'`]);
  } else {
    const needed = fields.filter(({ isRequired }) => isRequired).map(({ name, type }) => ` -p ${name}=<${type}>`);
    const words = needed.length === 0 ? " --input '{}'" : needed.join("");
    out.lines(["", dim("Answer"), ...renderFields(fields, out), "", cleanLine(`${answer}${words}`)]);
  }
}

function schemaText(schema: JsonObject): string {
  return cleanText(JSON.stringify(schema, null, 2));
}

function renderFields(fields: readonly FormField[], out: CommandContext["out"]): readonly string[] {
  return renderTable(
    fields,
    [
      { title: "FIELD", cell: ({ name }) => name, shrinksTo: 10 },
      {
        title: "TYPE",
        cell: ({ type, bounds }) => (bounds === undefined ? type : `${type}, ${bounds}`),
        shrinksTo: 10,
      },
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
