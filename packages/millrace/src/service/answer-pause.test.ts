/** Who is let answer, where the server knows its callers: they are shown to the service, never told in a request. */

import { afterEach, beforeEach, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import { answerToPause } from "../contract/wire/schemas/inbox.ts";
import { flowRunsChange } from "../contract/wire/schemas/long-questions.ts";
import { systemClock } from "../kit/clock.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../store/suite/ledger.testsuite.ts";
import { aFlowRun, aState } from "../store/suite/samples.testsuite.ts";
import { createService } from "./create-service.ts";

let ledger: TestLedger;
let api: Api;

beforeEach(async () => {
  ledger = await makeLedger();
  api = createService({ store: await ledger.open(), clock: systemClock });
});
afterEach(async () => {
  await api.close();
  await ledger.remove();
});

async function ask(answerers: readonly string[]): Promise<string> {
  const details = { pauseKey: "go", ...(answerers.length === 0 ? {} : { answerers }) };
  const states = [aState("RUNNING"), aState("PAUSED", systemClock.now(), { details })];
  const run = aFlowRun({ states });
  await api.record({ processId: "p", created: [run] });
  return run.id;
}

test("who is named may answer", async () => {
  const id = await ask(["grace", "ada"]);
  expect((await api.answerPause({ flowRunId: id, caller: { name: "ada" } })).answer.answeredBy).toBe("ada");
});

test("others may not, whoever they say that they are", async () => {
  const id = await ask(["ada", "grace"]);
  const mary = { name: "mary" };
  await expect(api.answerPause({ flowRunId: id, caller: mary, answeredBy: "ada" })).rejects.toMatchObject({
    code: "ANSWER_NOT_ALLOWED",
    status: 403,
    data: { reason: "mary is none of those who may give it", answerers: "ada, grace" },
  });
  expect(await api.listAnswers(id)).toEqual([]);
});

test("what anybody may answer is put down to the caller", async () => {
  const id = await ask([]);
  const { answer } = await api.answerPause({ flowRunId: id, caller: { name: "mary" }, answeredBy: "ada" });
  expect(answer.answeredBy).toBe("mary");
});

test("of many that are let go on at once, those go on that the caller may answer", async () => {
  const [anybodys, own, others] = [await ask([]), await ask(["mary"]), await ask(["ada"])];
  const where = { field: "id", in: [anybodys, own, others] };
  const change = { where, action: "resume", caller: { name: "mary" } } as const;
  const foreseen = await api.changeFlowRuns({ ...change, isDryRun: true });
  const done = await api.changeFlowRuns(change);
  expect(done).toMatchObject({ refused: [{ id: others, reason: "Only ada may let it go on." }] });
  expect([done.changed.toSorted(), foreseen.changed.toSorted()]).toEqual([
    [anybodys, own].toSorted(),
    done.changed.toSorted(),
  ]);
  expect(await api.listAnswers(own)).toMatchObject([{ answeredBy: "mary" }]);
  expect((await api.changeFlowRuns({ where, action: "resume" })).changed).not.toContain(others);
});

test("a request cannot say who its caller is", () => {
  const caller = { name: "ada" };
  expect(answerToPause.parse({ flowRunId: "id", caller })).toEqual({ flowRunId: "id" });
  const change = { where: { all: [] }, action: "resume" };
  expect(flowRunsChange.parse({ ...change, caller })).toEqual(change);
});
