/** Who answers what runs ask, on a server that knows its callers: every way by which a run could be let go on. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Client, createClient } from "../../client/create-client.ts";
import { type OverHttp, startOverHttp } from "../../client/over-http.testsuite.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import { timeoutSender } from "../../contract/records.ts";
import { systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { aFlowRun, aState } from "../../store/suite/samples.testsuite.ts";
import { makeRun } from "./runs/with-runs.testsuite.ts";
import { makeAccounts, type WithAccounts } from "./with-accounts.testsuite.ts";

let accounts: WithAccounts;
let over: OverHttp;
beforeAll(async () => {
  accounts = await makeAccounts();
  over = await startOverHttp(accounts.api, { server: { access: accounts.access } });
});
afterAll(async () => {
  await over.server.close();
  await accounts.remove();
});

type Role = "runner" | "author" | "operator" | "worker";
const as = (role: Role): Client => createClient({ url: over.url, token: accounts.keys[role] });

/** A run of ours that only the author may answer. */
async function ask(details: object = {}): Promise<string> {
  const now = systemClock.now();
  const asked = {
    pauseKey: "go",
    answerers: ["author"],
    timeoutAnswer: '"no"',
    pauseTimeoutAt: now + 3_600_000,
    ...details,
  };
  const states = [aState("RUNNING", now - 1), aState("PAUSED", now, { details: asked })];
  const run = aFlowRun({ states });
  await accounts.api.record({ processId: "p", created: [run] });
  return run.id;
}

async function prefect(role: Role, path: string, body: object) {
  const response = await fetch(`${over.url}/api${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${accounts.keys[role]}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> | null };
}

const readRun = async (id: string): Promise<FlowRun> => (await accounts.api.readFlowRun(id)) as FlowRun;

const notAllowed = { code: "ANSWER_NOT_ALLOWED", status: 403, data: { answerers: "author" } };

describe("a question that only some may answer", () => {
  let id: string;
  beforeEach(async () => {
    id = await ask();
  });

  test("is answered by them in their own name, whatever they say", async () => {
    const { answer } = await as("author").answerPause({ flowRunId: id, answeredBy: "ada" });
    expect(answer.answeredBy).toBe("author");
    expect(await accounts.api.listAnswers(id)).toMatchObject([{ answeredBy: "author", state: "given" }]);
  });

  test("is not answered by others, in any name", async () => {
    for (const answeredBy of ["author", "runner", timeoutSender]) {
      const answering = as("operator").answerPause({ flowRunId: id, answeredBy });
      await expect(answering).rejects.toMatchObject(notAllowed);
    }
    expect(await accounts.api.listAnswers(id)).toEqual([]);
  });

  test.each([
    ["as any input", { id: "1" }],
    ["as an input of an answer's id", { id: "answer-0" }],
    ["as an input of a later answer's id", { id: "answer-7-1" }],
    ["in the name of its timeout, too early", { id: "answer-0", sender: timeoutSender, value: '"no"' }],
    ["in the name of its timeout, otherwise than was agreed on", { id: "answer-0", sender: timeoutSender }],
  ])("is not answered %s", async (_, given) => {
    const input = { flowRunId: id, key: "go", value: '"yes"', sender: "author", ...given };
    for (const role of ["runner", "author", "worker"] as const) {
      await expect(as(role).sendRunInput(input)).rejects.toMatchObject(notAllowed);
    }
    expect(await accounts.api.listRunInputs(id)).toEqual([]);
  });

  test("is not answered before it is asked", async () => {
    const run = aFlowRun({ states: [aState("RUNNING")] });
    await accounts.api.record({ processId: "p", created: [run] });
    const early = { flowRunId: run.id, key: "go", id: "answer-0", value: '"yes"', sender: "author" };
    await expect(as("runner").sendRunInput(early)).rejects.toMatchObject({ code: "ANSWER_NOT_ALLOWED" });
  });

  test("is not passed by a state that somebody sets, one run or many", async () => {
    const types = ["RUNNING", "SCHEDULED"] as const;
    for (const type of types) {
      for (const by of [{}, { guest: true }] as const) {
        const { decision } = await as("runner").proposeFlowRunState({ id, state: { type, name: "Running" }, ...by });
        expect(decision).toMatchObject({ answer: "ABORT", reason: expect.stringContaining("`go`") });
      }
      const state = { type, name: "Running", state_details: {} };
      const { body } = await prefect("runner", `/flow_runs/${id}/set_state`, { state, force: false });
      expect(body).toMatchObject({ status: "ABORT" });
    }
    const where = { field: "id", in: [id] };
    expect(await as("runner").changeFlowRuns({ where, action: "resume" })).toMatchObject({
      changed: [],
      refused: [{ reason: "Only author may let it go on." }],
    });
    expect((await readRun(id)).state.name).toBe("Paused");
    expect(await accounts.api.readInboxItem(id)).toMatchObject({ key: "go", answers: [] });
  });

  test("is answered through Prefect's API by those who may, and by nobody else", async () => {
    const refused = await prefect("runner", `/flow_runs/${id}/resume`, { run_input: { approve: true } });
    expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining("author") } });
    const sent = await prefect("runner", `/flow_runs/${id}/input`, { key: "go", value: '"yes"', sender: "author" });
    expect(sent.status).toBe(403);
    expect(await accounts.api.listRunInputs(id)).toEqual([]);
    const resumed = await prefect("author", `/flow_runs/${id}/resume`, {});
    expect(resumed).toMatchObject({ status: 200, body: { status: "ACCEPT" } });
    expect(await accounts.api.listAnswers(id)).toMatchObject([{ answeredBy: "author" }]);
  });
});

test("the time of a question is over when it is, as its own process says it", async () => {
  const id = await ask({ pauseTimeoutAt: systemClock.now() - 1000 });
  const input = { flowRunId: id, key: "go", id: "answer-0", value: '"no"', sender: timeoutSender };
  expect(await as("runner").sendRunInput(input)).toBe(true);
  expect(await accounts.api.listAnswers(id)).toMatchObject([{ answeredBy: null, byTimeout: true, value: "no" }]);
});

test("the key of a run does not answer what the run asks", async () => {
  const made = await makeRun(accounts.api, accounts.keys.worker);
  const { id, epoch } = made.run;
  const own = createClient({ url: over.url, token: made.key });
  const details = { pauseKey: "go", answerers: ["author"] };
  await own.proposeFlowRunState({ id, epoch, state: { type: "PAUSED", name: "Paused", details } });
  const answer = { flowRunId: id, key: "go", id: "answer-0", value: '"yes"', sender: "author" };
  await expect(own.sendRunInput(answer)).rejects.toMatchObject(notAllowed);
  await expect(own.answerPause({ flowRunId: id })).rejects.toMatchObject({ code: "RUN_KEY_REFUSED" });
  expect(await own.sendRunInput({ ...answer, key: "signal:go" })).toBe(true);
});

describe("what somebody makes", () => {
  const by = (role: Role) => ({ id: accounts.accounts[role].id, displayValue: role });
  const said = { id: "ada", type: "USER", displayValue: "Ada" };

  test("is put down to their account, whatever they say", async () => {
    const name = `d-${uuidv7()}`;
    const author = as("author");
    const { deployment } = await author.saveDeployment({ flowName: "etl", name, createdBy: said });
    expect([deployment.createdBy, deployment.updatedBy]).toMatchObject([by("author"), by("author")]);
    const changed = await as("operator").updateDeployment(deployment.id, { description: "x", updatedBy: said });
    expect([changed?.createdBy, changed?.updatedBy]).toMatchObject([by("author"), by("operator")]);

    const { run } = await as("runner").submitRun({ deployment: deployment.id, createdBy: said });
    expect(run.extra.createdBy).toMatchObject({ ...by("runner"), type: "USER" });
    const started = aFlowRun({ states: [aState("RUNNING")], extra: { createdBy: said } });
    await as("worker").record({ processId: "p", created: [started] });
    expect((await readRun(started.id)).extra.createdBy).toMatchObject({ ...by("worker"), type: "SERVICE" });
    const guest = await prefect("runner", `/deployments/${deployment.id}/create_flow_run`, {
      state: { type: "SCHEDULED" },
    });
    expect(guest.body).toMatchObject({ created_by: { display_value: "runner" } });
  });

  test("of subflows is put down to the run that calls them", async () => {
    const parent = aFlowRun({ states: [aState("RUNNING")] });
    const child = aFlowRun({ states: [aState("RUNNING")], parentRunId: parent.id, rootRunId: parent.id });
    await as("runner").record({ processId: "p", created: [parent, child] });
    expect((await readRun(child.id)).extra.createdBy).toBeUndefined();
  });
});
