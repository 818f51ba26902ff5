import { beforeAll, expect, test } from "vitest";
import type { Api } from "../../../contract/api.ts";
import { aFlowRun, aLogLine, aTaskRun, startAt } from "../../../store/suite/samples.testsuite.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";

const commands = createCommandLine();

interface Found {
  readonly total: number;
  readonly isCut: boolean;
  readonly lines: readonly { readonly ordinal: number; readonly isMatch: boolean; readonly message: string }[];
}

const noise = Array.from({ length: 500 }, (_, index) => `step ${index}`);
const root = aFlowRun({ name: "long-run" });
const child = aFlowRun({ flowName: "part", parentRunId: root.id });
const other = aFlowRun({ flowName: "report" });
const task = aTaskRun(root.id);

beforeAll(() => commands.seed(seed));

/** The lines of the root run and its subflow: 0 begins, 1 the subflow's, 2 to 501 steps, 502 the loss, 503 the end. */
async function seed(api: Api): Promise<void> {
  await api.record({ processId: "process-1", created: [root, child, other] });
  const lines = [
    aLogLine(root.id, "the loss begins"),
    aLogLine(child.id, "a loss in a subflow", { level: "warn" }),
    ...noise.map((message) => aLogLine(root.id, message)),
    aLogLine(root.id, "LOSS is 0.5", { taskRunId: task.id, level: "error" }),
    aLogLine(root.id, "the end"),
  ];
  const elsewhere = aLogLine(other.id, "no loss here", { at: startAt + 60_000 });
  await api.record({ processId: "process-1", taskRuns: [task], logs: [...lines, elsewhere] });
}

const found = (...words: readonly string[]) => commands.json<Found>("log", "search", ...words);
const ordinals = ({ lines }: Found) => lines.map(({ ordinal }) => ordinal);

test("matches of a run and its subflows, with their places in its log", async () => {
  expect(await found("loss", "--run", "long-run")).toMatchObject({
    total: 504,
    isCut: false,
    lines: [
      { ordinal: 0, isMatch: true, message: "the loss begins" },
      { ordinal: 1, isMatch: true, message: "a loss in a subflow" },
      { ordinal: 502, isMatch: true, message: "LOSS is 0.5" },
    ],
  });
});

test("with the lines around, each once", async () => {
  const around = await found("loss", "--run", root.id, "-C", "2");
  expect(ordinals(around)).toEqual([0, 1, 2, 3, 500, 501, 502, 503]);
  expect(around.lines.filter(({ isMatch }) => isMatch).map(({ ordinal }) => ordinal)).toEqual([0, 1, 502]);
  expect(around.lines.at(-1)).toMatchObject({ message: "the end", isMatch: false });
  expect(ordinals(await found("loss", "--run", root.id, "-C", "300"))).toEqual(
    noise.map((_, at) => at).concat(500, 501, 502, 503),
  );
});

test("with more lines around than a page has", async () => {
  const run = aFlowRun({ name: "endless" });
  const logs = Array.from({ length: 12_000 }, (_, index) => aLogLine(run.id, index % 900 === 0 ? "mark" : "line"));
  await commands.seed(async (api) => {
    await api.record({ processId: "process-1", created: [run] });
    await api.record({ processId: "process-1", logs });
  });
  const all = await found("mark", "--run", run.id, "-C", "1000");
  expect(ordinals(all)).toEqual(logs.map((_, at) => at));
  expect(all.lines.filter(({ isMatch }) => isMatch).every(({ message }) => message === "mark")).toBe(true);
});

test("of all runs, from a time on, from a level on, and no more than asked for", async () => {
  expect((await found("no loss")).lines).toMatchObject([{ message: "no loss here" }]);
  expect(await found("loss", "--since", new Date(startAt + 30_000).toISOString())).toMatchObject({
    total: 1,
    lines: [{ ordinal: 0, message: "no loss here" }],
  });
  expect(ordinals(await found("loss", "--run", root.id, "--level", "warn"))).toEqual([1, 502]);
  expect(await found("loss", "--limit", "2")).toMatchObject({ isCut: true, lines: [{ ordinal: 0 }, { ordinal: 1 }] });
});

test("as text: the places from 1 on, whose line it is, and a gap", async () => {
  const text = await commands.stdout("log", "search", "loss", "--run", root.id, "-C", "1");
  const time = String.raw`\d\d:\d\d:\d\d\.\d{3}`;
  expect(text.split("\n")).toEqual([
    expect.stringMatching(new RegExp(`^  1: ${time} info  \\[training\\] the loss begins$`)),
    expect.stringMatching(new RegExp(`^  2: ${time} warn  \\[part\\] a loss in a subflow$`)),
    expect.stringMatching(new RegExp(`^  3  ${time} info  \\[training\\] step 0$`)),
    "--",
    expect.stringMatching(new RegExp(`^502  ${time} info  \\[training\\] step 499$`)),
    expect.stringMatching(new RegExp(`^503: ${time} error \\[training/train\\] LOSS is 0.5$`)),
    expect.stringMatching(new RegExp(`^504  ${time} info  \\[training\\] the end$`)),
    "",
  ]);
  const [first] = (await commands.stdout("log", "search", "no loss")).split("\n");
  expect(first).toContain(`[${other.id.slice(0, 13)} report] no loss here`);
});

test("says when nothing matches, when there is more, and when nothing is asked for", async () => {
  const none = await commands.run("log", "search", "profit", "--run", root.id);
  expect(none).toMatchObject({ code: 0, stdout: "", stderr: "None of 504 lines matches.\n" });
  const cut = await commands.run("log", "search", "loss", "--run", root.id, "-n", "1");
  expect(cut.stderr).toBe("There is more than the first 1 match: see --limit.\n");
  expect((await commands.run("log", "search", "")).code).toBe(2);
  expect((await commands.run("log", "search", "loss", "--limit", "0")).code).toBe(2);
  expect((await commands.run("log", "search", "loss", "--run", "nobody")).code).toBe(3);
});
