import { describe, expect, test } from "vitest";
import type { FlowRun } from "../../contract/flow-run.ts";
import { refusalKey } from "../../contract/records.ts";
import type { StateDetails } from "../../contract/states.ts";
import { systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { begin, register, type UsedApi } from "./api-under-test.testsuite.ts";
import { save } from "./deployments.testsuite.ts";

const inputSchema = {
  type: "object",
  properties: { approve: { type: "boolean" }, token: { type: "string", writeOnly: true } },
  required: ["approve"],
};

type Begun = Parameters<typeof begin>[2];

export function testInbox(used: UsedApi): void {
  /** A run of our own engine, which asks. */
  async function asking(details: StateDetails = { pauseKey: "go", inputSchema }, more: Begun = {}): Promise<FlowRun> {
    const { api } = used;
    const run = await begin(api, await register(api), more);
    const name = details.suspended === true ? "Suspended" : "Paused";
    await api.proposeFlowRunState({ id: run.id, epoch: 1, state: { type: "PAUSED", name, details } });
    return (await api.readFlowRun(run.id)) as FlowRun;
  }

  /** A run of an engine that leaves its pauses to the orchestrator. */
  async function guest(details: StateDetails, more: Begun = {}): Promise<string> {
    const { api } = used;
    const { id } = await begin(api, "", { ownerId: null, ...more });
    await api.proposeFlowRunState({ id, guest: true, state: { type: "PAUSED", name: "Paused", details } });
    return id;
  }

  const answer = (flowRunId: string, more: object = {}) =>
    used.api.answerPause({ flowRunId, input: { approve: true }, ...more });

  describe("the inbox", () => {
    test("lists what waits, with its form, and not what runs or has ended", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const until = systemClock.now() + 3_600_000;
      const details = {
        pauseKey: "go",
        inputSchema,
        inputTitle: "Ship it?",
        inputDescription: "See *the report*.",
        initialValues: { approve: true },
        answerers: ["ada", "ops"],
        pauseTimeoutAt: until,
        timeoutAnswer: '{"approve":false,"token":"t"}',
      };
      const run = await asking(details, { flowName });
      const plain = await asking({ pauseKey: "pause-1", suspended: true }, { flowName });
      await begin(api, await register(api), { flowName });
      const { items } = await api.listInbox({ flowNames: [flowName] });
      expect(items).toEqual([
        {
          flowRunId: run.id,
          flowName,
          runName: run.name,
          deploymentId: null,
          key: "go",
          kind: "paused",
          title: "Ship it?",
          description: "See *the report*.",
          schema: inputSchema,
          initialValues: { approve: true },
          answerers: ["ada", "ops"],
          since: run.state.at,
          until,
          onTimeout: { kind: "answer", answer: { approve: false, token: "********" } },
          answers: [],
        },
        expect.objectContaining({
          flowRunId: plain.id,
          kind: "suspended",
          schema: null,
          until: null,
          onTimeout: { kind: "fail" },
        }),
      ]);
      expect(await api.readInboxItem(run.id)).toEqual(items[0]);
      const mine = await api.listInbox({ flowNames: [flowName], answerers: ["grace"] });
      expect(mine.items.map(({ flowRunId }) => flowRunId)).toEqual([plain.id]);
      const groups = await api.listInbox({ rootRunIds: [run.id], answerers: ["ops"] });
      expect(groups.items.map(({ flowRunId }) => flowRunId)).toEqual([run.id]);
      const first = await api.listInbox({ flowNames: [flowName] }, { limit: 1 });
      expect(first.items).toHaveLength(1);
      expect((await api.listInbox({ flowNames: [flowName] }, { limit: 1, cursor: first.next })).items).toHaveLength(1);
    });

    test("has the question of a subflow once, also for its root", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const root = await asking({ suspended: true }, { flowName });
      const child = await asking(
        { pauseKey: "go", suspended: true, inputSchema },
        { flowName, parentRunId: root.id, rootRunId: root.id },
      );
      const { items } = await api.listInbox({ flowNames: [flowName] });
      expect(items.map(({ flowRunId }) => flowRunId)).toEqual([child.id]);
      expect(await api.readInboxItem(root.id)).toMatchObject({ flowRunId: child.id, key: "go" });
      expect((await answer(root.id)).run.id).toBe(child.id);
    });

    test("has nothing of a run that waits for nobody, or is none", async () => {
      const { api } = used;
      const { id } = await begin(api, await register(api));
      expect(await api.readInboxItem(id)).toBeNull();
      await expect(api.readInboxItem(uuidv7())).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
      await expect(api.listAnswers(uuidv7())).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    });
  });

  describe("an answer", () => {
    test("is checked by the form, field by field, and nothing is kept of a wrong one", async () => {
      const { id } = await asking();
      await expect(answer(id, { input: { approve: "perhaps" } })).rejects.toMatchObject({
        code: "INPUT_INVALID",
        data: { key: "go", paths: [{ path: ["approve"], message: expect.stringContaining("boolean") as string }] },
      });
      await expect(answer(id, { input: {} })).rejects.toMatchObject({
        data: { paths: [{ path: ["approve"], message: "is missing" }] },
      });
      await expect(used.api.answerPause({ flowRunId: id })).rejects.toMatchObject({ code: "INPUT_INVALID" });
      expect(await used.api.listAnswers(id)).toEqual([]);
    });

    test("is recorded with who gave it, without its secrets, and is given once", async () => {
      const { api } = used;
      const { id } = await asking();
      const given = await answer(id, { input: { approve: true, token: "t0ken" }, answeredBy: "ada" });
      expect(given).toMatchObject({ goesOn: "in-its-process", run: { id, state: { type: "PAUSED" } } });
      expect(given.answer).toEqual({
        key: "go",
        answeredBy: "ada",
        at: expect.any(Number) as number,
        value: { approve: true, token: "********" },
        state: "given",
        reason: null,
        byTimeout: false,
      });
      expect(await api.listAnswers(id)).toEqual([given.answer]);
      expect((await api.readInboxItem(id))?.answers).toEqual([given.answer]);
      await expect(answer(id, { answeredBy: "grace" })).rejects.toMatchObject({
        code: "PAUSE_ANSWERED",
        data: { id, key: "go", by: "ada" },
      });
    });

    test("is one of several that are given at the same time", async () => {
      const { id } = await asking();
      const given = await Promise.allSettled(["ada", "grace", "mary"].map((answeredBy) => answer(id, { answeredBy })));
      expect(given.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const refusals = given.flatMap((each) => (each.status === "rejected" ? [each.reason as { code: string }] : []));
      expect(refusals.map(({ code }) => code)).toEqual(["PAUSE_ANSWERED", "PAUSE_ANSWERED"]);
      expect(await used.api.listAnswers(id)).toHaveLength(1);
    });

    test("may be given again after the run has refused one", async () => {
      const { api } = used;
      const { id } = await asking();
      await answer(id, { answeredBy: "ada" });
      const [{ id: inputId } = { id: "" }] = await api.listRunInputs(id, "go");
      const refusal = { flowRunId: id, key: refusalKey("go"), id: inputId, value: '"not today"', sender: null };
      await api.sendRunInput(refusal);
      await answer(id, { answeredBy: "grace" });
      expect(await api.listAnswers(id)).toMatchObject([
        { answeredBy: "ada", state: "refused", reason: "not today" },
        { answeredBy: "grace", state: "given" },
      ]);
    });

    test("is given in one of the names that it may be given in, and that name is believed", async () => {
      const { id } = await asking({ pauseKey: "go", inputSchema, answerers: ["ada", "ops"] });
      await expect(answer(id)).rejects.toMatchObject({
        code: "ANSWER_NOT_ALLOWED",
        data: { answerers: "ada, ops", reason: "it does not say who gives it" },
      });
      await expect(answer(id, { answeredBy: "millrace:timeout" })).rejects.toMatchObject({
        code: "ANSWER_NOT_ALLOWED",
      });
      await expect(answer(id, { answeredBy: "grace" })).rejects.toMatchObject({
        code: "ANSWER_NOT_ALLOWED",
        data: { answerers: "ada, ops", reason: "grace is none of those who may give it" },
      });
      expect((await answer(id, { answeredBy: "ops" })).answer.answeredBy).toBe("ops");
    });

    test("is what a run goes on with, and no state that somebody else sets", async () => {
      const { api } = used;
      const more = { deploymentId: (await save(api)).deployment.id };
      const waiting = [
        await asking({ pauseKey: "go", answerers: ["ada"] }),
        await asking({ pauseKey: "go", suspended: true }, { ...more, ownerId: null }),
      ];
      for (const { id } of waiting) {
        for (const state of [
          { type: "RUNNING", name: "Running" },
          { type: "SCHEDULED", name: "Resuming" },
        ] as const) {
          for (const by of [{}, { guest: true }] as const) {
            const { decision } = await api.proposeFlowRunState({ id, state, ...by });
            expect(decision).toMatchObject({ answer: "ABORT", reason: expect.stringContaining("`go`") as string });
          }
        }
        expect(await api.readInboxItem(id)).toMatchObject({ key: "go", answers: [] });
      }
    });

    test("has an id of its own: nothing else that is sent under its key counts", async () => {
      const { api } = used;
      const { id } = await asking();
      await api
        .sendRunInput({ flowRunId: id, key: "go", id: "mine", value: '{"approve":true}', sender: "ada" })
        .catch(() => null);
      expect(await api.listAnswers(id)).toEqual([]);
      expect((await answer(id, { answeredBy: "grace" })).answer.answeredBy).toBe("grace");
    });

    test("to a run that waits for none, elsewhere, no longer, or has ended is refused", async () => {
      const { api } = used;
      const { id: running } = await begin(api, await register(api));
      await expect(answer(running)).rejects.toMatchObject({
        code: "PAUSE_NOT_WAITING",
        data: { reason: "it is Running" },
      });
      const { id } = await asking();
      await expect(answer(id, { key: "other" })).rejects.toMatchObject({
        code: "PAUSE_NOT_WAITING",
        data: { reason: "it waits at go, not at other" },
      });
      await api.proposeFlowRunState({ id, epoch: 1, state: { type: "FAILED", name: "Failed" } });
      await expect(answer(id)).rejects.toMatchObject({
        code: "PAUSE_NOT_WAITING",
        data: { reason: "it has ended Failed" },
      });
      const { id: late } = await asking({ pauseKey: "go", inputSchema, pauseTimeoutAt: 1000 });
      await expect(answer(late)).rejects.toMatchObject({ code: "PAUSE_NOT_WAITING" });
      await expect(answer(uuidv7())).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    });

    test("starts a suspended run of a deployment again, unless whoever answers does", async () => {
      const { api } = used;
      const { deployment } = await save(api);
      const more = { deploymentId: deployment.id, flowName: deployment.flowName, ownerId: null };
      const suspended = { pauseKey: "go", inputSchema, suspended: true };
      const [one, other] = [await asking(suspended, more), await asking(suspended, more)];
      expect(await answer(one.id)).toMatchObject({
        goesOn: "when-started",
        run: { state: { type: "SCHEDULED", name: "Resuming" } },
      });
      expect(await answer(other.id, { then: "leave" })).toMatchObject({
        goesOn: "when-resumed",
        run: { state: { type: "PAUSED" } },
      });
      expect((await answer((await asking(suspended)).id)).goesOn).toBe("when-resumed");
    });
  });

  describe("a run whose engine leaves its pauses to the orchestrator", () => {
    const inputKeys = { schema: "paused-1-schema", answer: "paused-1-response", description: "paused-1-description" };
    const send = (flowRunId: string, key: string, value: unknown) =>
      used.api.sendRunInput({ flowRunId, key, id: "", value: JSON.stringify(value), sender: null });

    test("asks once its form has come, and goes on with the answer where it looks for it", async () => {
      const { api } = used;
      const id = await guest({ pauseKey: "1", inputKeys });
      expect(await api.readInboxItem(id)).toBeNull();
      await expect(answer(id)).rejects.toMatchObject({ code: "PAUSE_NOT_WAITING" });
      await send(id, inputKeys.schema, inputSchema);
      await send(id, inputKeys.description, "Release it?");
      expect(await api.readInboxItem(id)).toMatchObject({ key: "1", description: "Release it?", schema: inputSchema });
      await expect(answer(id, { input: {} })).rejects.toMatchObject({ code: "INPUT_INVALID" });
      expect(await answer(id, { answeredBy: "ada" })).toMatchObject({
        goesOn: "in-its-process",
        run: { state: { type: "RUNNING" } },
      });
      expect(await api.listRunInputs(id, inputKeys.answer)).toMatchObject([
        { id: "", value: '{"approve":true}', sender: "ada" },
      ]);
      expect(await api.listAnswers(id)).toMatchObject([{ key: "1", answeredBy: "ada", state: "taken" }]);
      await expect(answer(id)).rejects.toMatchObject({ code: "PAUSE_NOT_WAITING" });
    });

    test("is let go on without an answer where it asks for none, and that is told", async () => {
      const id = await guest({ pauseKey: "1" });
      expect(await used.api.readInboxItem(id)).toMatchObject({ schema: null });
      const { run } = await used.api.answerPause({ flowRunId: id, answeredBy: "ada" });
      expect(run.state.type).toBe("RUNNING");
      expect(await used.api.listAnswers(id)).toMatchObject([{ answeredBy: "ada", value: null, state: "taken" }]);
    });

    test("fails when its time is over", async () => {
      const id = await guest({ pauseKey: "1", pauseTimeoutAt: 1000 });
      expect([await used.api.expirePause(id), await used.api.expirePause(id)]).toEqual([true, false]);
      expect((await used.api.readFlowRun(id))?.state.type).toBe("FAILED");
      expect(await used.api.expirePause(uuidv7())).toBe(false);
    });
  });
}
