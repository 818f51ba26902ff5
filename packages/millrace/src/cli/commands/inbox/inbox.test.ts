import { expect, test } from "vitest";
import type { AnsweredPause, InboxItem, PauseAnswer } from "../../../contract/inbox.ts";
import type { NewFlowRun } from "../../../contract/flow-run.ts";
import { refusalKey } from "../../../contract/records.ts";
import type { StateDetails } from "../../../contract/states.ts";
import { systemClock } from "../../../kit/clock.ts";
import { aFlowRun, aState } from "../../../store/suite/samples.testsuite.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";
import { userName } from "../../set-by.ts";

const ledger = createCommandLine();
const { stdout, run } = ledger;

const inputSchema = {
  type: "object",
  properties: {
    approve: { type: "boolean", description: "May it go out?" },
    version: { type: "string", maxLength: 20 },
    token: { type: "string", writeOnly: true },
  },
  required: ["approve", "version"],
};

/** A run of our own engine that waits, and whose process is not there. */
async function asking(details: StateDetails, more: Partial<NewFlowRun> = {}): Promise<string> {
  const now = systemClock.now();
  const paused = aState("PAUSED", now, { details, name: details.suspended === true ? "Suspended" : "Paused" });
  const made = aFlowRun({ states: [aState("RUNNING", now - 1), paused], ownerId: null, ...more });
  await ledger.seed((api) => api.record({ processId: "seed", created: [made] }));
  return made.id;
}

const deployed = async (): Promise<Partial<NewFlowRun>> => {
  const { deployment } = await ledger.seed((api) => api.saveDeployment({ flowName: "release", name: "nightly" }));
  return { deploymentId: deployment.id, flowName: "release" };
};

const inAnHour = (): number => systemClock.now() + 3_600_500;

test("what waits is listed with who may answer, until when, and what happens then", async () => {
  const flowName = "listed";
  const one = await asking(
    {
      pauseKey: "go",
      inputSchema,
      inputTitle: "Publish 1.2?",
      answerers: ["ada", "ops"],
      pauseTimeoutAt: inAnHour(),
      timeoutAnswer: '{"approve":false}',
    },
    { flowName },
  );
  const other = await asking({ pauseKey: "wait", suspended: true, pauseTimeoutAt: inAnHour() }, { flowName });
  const lines = (await stdout("inbox", "ls", "--flow", flowName)).split("\n");
  expect(lines[0]).toMatch(/^RUN +FLOW +ASKS +FOR +SINCE +UNTIL +THEN$/);
  expect(lines[1]).toMatch(/ Publish 1\.2\? +ada, ops +(now|\d+s ago) +in \S+ +default$/);
  expect(lines[2]).toMatch(/ to be resumed.* +anybody +(now|\d+s ago) +in \S+ +fails$/);
  const items = await ledger.json<readonly InboxItem[]>("inbox", "ls", "--flow", flowName);
  expect(items.map(({ flowRunId }) => flowRunId)).toEqual([one, other]);
  expect(items[0]).toMatchObject({ title: "Publish 1.2?", schema: inputSchema, onTimeout: { kind: "answer" } });
  const forGrace = await ledger.json<readonly InboxItem[]>("inbox", "ls", "--flow", flowName, "--for", "grace");
  expect(forGrace.map(({ flowRunId }) => flowRunId)).toEqual([other]);
});

test("one is shown with its description, its form and what it is answered when nobody does", async () => {
  const id = await asking({
    pauseKey: "go",
    inputSchema,
    inputTitle: "Publish 1.2?",
    inputDescription: "See **the changes**:\n\n- all of them",
    initialValues: { version: "1.2" },
    pauseTimeoutAt: inAnHour(),
    timeoutAnswer: '{"approve":false,"token":"t0ken"}',
    answerers: ["ada"],
  });
  const shown = await stdout("inbox", "inspect", id);
  expect(shown).toMatch(/^Asks +Publish 1\.2\?$/m);
  expect(shown).toMatch(/^May answer +ada$/m);
  expect(shown).toMatch(/^Then +the run is answered \{"approve":false,"token":"\*+"\}$/m);
  expect(shown).toContain("\nSee **the changes**:\n\n- all of them\n");
  expect(shown).toMatch(/^approve +boolean +yes +May it go out\?$/m);
  expect(shown).toMatch(/^version +text, at most 20 characters +else "1\.2"$/m);
  expect(shown).toMatch(/^token +password +no$/m);
  expect(shown).toMatch(/^millrace inbox answer [0-9a-f-]{13} -p approve=<boolean>$/m);
  expect(await ledger.json("inbox", "inspect", id)).toMatchObject({
    item: { flowRunId: id, key: "go", answerers: ["ada"] },
    fields: [{ name: "approve" }, { name: "version", initial: '"1.2"' }, { name: "token" }],
    history: [],
  });
});

test("an answer starts a run of a deployment again, and says who gave it", async () => {
  const details = { pauseKey: "go", inputSchema, suspended: true };
  const id = await asking(details, await deployed());
  expect(await stdout("inbox", "inspect", id)).toMatch(/^Goes on +in a process that is started for it$/m);
  const words = ["inbox", "answer", id, "-p", "approve=true", "-p", "version=1.0", "-p", "token=t0ken"];
  expect(await stdout(...words, "--as", "ada")).toBe("Answered by ada. It is Resuming, and is started again.\n");
  const other = await asking(details, await deployed());
  const answered = await ledger.json<AnsweredPause>(
    "inbox",
    "answer",
    other,
    "--input",
    '{"approve":true,"version":"2"}',
  );
  expect(answered).toMatchObject({
    answer: { answeredBy: userName(), value: { approve: true, version: "2" } },
    goesOn: "when-started",
    run: { id: other, state: { name: "Resuming" } },
  });
  const { item, history } = await ledger.json<{ item: InboxItem | null; history: readonly PauseAnswer[] }>(
    "inbox",
    "inspect",
    id,
  );
  expect(item).toBeNull();
  expect(history).toMatchObject([{ answeredBy: "ada", value: { approve: true, version: "1.0", token: "********" } }]);
  expect(await stdout("inbox", "inspect", id)).toMatch(/^Asks +nothing: it is Resuming$/m);
});

test("a wrong answer is refused field by field, and a second one with who was first", async () => {
  const id = await asking({ pauseKey: "go", inputSchema, suspended: true });
  const none = await run("inbox", "answer", id);
  expect(none).toMatchObject({ code: 2 });
  expect(none.stderr).toContain("The run waits for an answer: approve (boolean), version (text)");
  const wrong = await run("inbox", "answer", id, "-p", "approve=perhaps");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("error[INPUT_INVALID]");
  expect(wrong.stderr).toMatch(/approve must be boolean/);
  expect(wrong.stderr).toMatch(/version is missing/);
  expect((await run("inbox", "answer", id, "-p", "approve=true", "--as", " ")).stderr).toContain("--as takes the name");

  const input = { approve: true, version: "1" };
  await ledger.seed((api) => api.answerPause({ flowRunId: id, input, answeredBy: "ada" }));
  for (const words of [[], ["-p", "approve=true"]]) {
    const second = await run("inbox", "answer", id, ...words);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/error\[PAUSE_ANSWERED\].* by ada\./);
  }
  expect(await stdout("inbox", "ls")).toMatch(/ answered by ada, /);
  expect(await stdout("inbox", "inspect", id)).toMatch(/^`millrace flow-run resume [0-9a-f-]{13}` goes on with it\.$/m);
});

test("nobody answers in the name of the timeout", async () => {
  const id = await asking({ pauseKey: "go", answerers: ["ada"] });
  const refused = await run("inbox", "answer", id, "--as", "millrace:timeout");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("error[ANSWER_NOT_ALLOWED]");
  expect(refused.stderr).toContain("Only these may answer: ada.");
});

test("what the run has refused is shown with why, and may be answered again", async () => {
  const id = await asking({ pauseKey: "go", suspended: true }, await deployed());
  await ledger.seed(async (api) => {
    await api.sendRunInput({ flowRunId: id, key: "go", id: "answer-0", value: '"maybe"', sender: "ada" });
    const refusal = { flowRunId: id, key: refusalKey("go"), id: "answer-0", value: '"not today"', sender: null };
    await api.sendRunInput(refusal);
  });
  const shown = await stdout("inbox", "inspect", id);
  expect(shown).toMatch(/ go +ada +"maybe" +refused: not today$/m);
  expect(shown).toMatch(/^The run did not accept the answer, and goes on waiting: not today$/m);
  expect(await stdout("inbox", "answer", id, "--input", '"yes"', "--as", "grace")).toContain("Answered by grace.");
});

test("the question of a subflow is that of its root", async () => {
  const root = await asking({ suspended: true }, await deployed());
  const child = await asking(
    { pauseKey: "go", suspended: true, inputSchema },
    { parentRunId: root, rootRunId: root, flowName: "release-child" },
  );
  const shown = await stdout("inbox", "inspect", root);
  expect(shown).toContain(child);
  expect(shown).toMatch(/^Goes on +in a process that is started for it$/m);
  await stdout("inbox", "answer", root, "--input", '{"approve":true,"version":"1"}');
  expect(await ledger.json("flow-run", "inspect", root)).toMatchObject({
    state: { type: "SCHEDULED", name: "Resuming" },
  });
});

test("a run of Prefect's client is answered by its form, and goes on", async () => {
  const { id } = aFlowRun();
  const inputKeys = { schema: "paused-1-schema", answer: "paused-1-response" };
  await ledger.seed(async (api) => {
    await api.record({ processId: "seed", created: [aFlowRun({ id, ownerId: null, flowName: "guest" })] });
    const details = { pauseKey: "1", inputKeys };
    await api.proposeFlowRunState({ id, guest: true, state: { type: "PAUSED", name: "Paused", details } });
  });
  const early = await run("inbox", "answer", id, "-p", "approve=true");
  expect(early.code).toBe(1);
  expect(early.stderr).toContain("its form is still to come");
  const value = JSON.stringify(inputSchema);
  await ledger.seed((api) => api.sendRunInput({ flowRunId: id, key: inputKeys.schema, id: "", value, sender: null }));
  expect(await stdout("inbox", "inspect", id)).toMatch(/^version +text, at most 20 characters +yes$/m);
  const wrong = await run("inbox", "answer", id, "-p", "approve=true");
  expect(wrong.stderr).toContain("version is missing");
  const words = ["inbox", "answer", id, "-p", "approve=true", "-p", "version=1.0", "--as", "ada"];
  expect(await stdout(...words)).toBe("Answered by ada. The run is Running, in its own process.\n");
  const inputs = await ledger.seed((api) => api.listRunInputs(id, inputKeys.answer));
  expect(inputs).toMatchObject([{ value: '{"approve":true,"version":"1.0"}', sender: "ada" }]);
});

test("`flow-run resume` answers a suspended run of Prefect's client, and its deployment starts it again", async () => {
  const { id } = aFlowRun();
  const inputKeys = { schema: "suspended-1-schema", answer: "suspended-1-response" };
  const made = aFlowRun({ id, ownerId: null, ...(await deployed()) });
  await ledger.seed(async (api) => {
    await api.record({ processId: "seed", created: [made] });
    const details = { pauseKey: "1", suspended: true, inputKeys };
    await api.proposeFlowRunState({ id, guest: true, state: { type: "PAUSED", name: "Suspended", details } });
    const value = JSON.stringify(inputSchema);
    await api.sendRunInput({ flowRunId: id, key: inputKeys.schema, id: "", value, sender: null });
  });
  expect(await stdout("flow-run", "why", id)).toMatch(/`millrace inbox answer [^`]*`/);
  const none = await run("flow-run", "resume", id);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain("The run waits for an answer: approve (boolean), version (text)");
  const answered = await stdout("flow-run", "resume", id, "--input", '{"approve":true,"version":"1"}');
  expect(answered).toBe(`Answered by ${userName()}. It is Resuming, and is started again.\n`);
  const inputs = await ledger.seed((api) => api.listRunInputs(id, inputKeys.answer));
  expect(inputs).toMatchObject([{ value: '{"approve":true,"version":"1"}', sender: userName() }]);
});

test("a run that waits for nobody has nothing to be shown or answered", async () => {
  const { id } = aFlowRun();
  const created = aFlowRun({ id, states: [aState("RUNNING"), aState("COMPLETED")], ownerId: null });
  await ledger.seed((api) => api.record({ processId: "seed", created: [created] }));
  for (const command of ["inspect", "answer"]) {
    const refused = await run("inbox", command, id);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("error[PAUSE_NOT_WAITING]");
    expect(refused.stderr).toContain("it has ended Completed");
  }
});
