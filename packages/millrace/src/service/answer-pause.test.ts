/** Who is let answer, where the server knows its callers: they are shown to the service, never told in a request. */

import { afterEach, beforeEach, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import { answerToPause } from "../contract/wire/schemas/inbox.ts";
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

test("who is named, or has a group that is named, may answer", async () => {
  const [one, other] = [await ask(["ada"]), await ask(["ops"])];
  const ada = { name: "ada", groups: [] };
  const grace = { name: "grace", groups: ["ops"] };
  expect((await api.answerPause({ flowRunId: one, caller: ada })).answer.answeredBy).toBe("ada");
  expect((await api.answerPause({ flowRunId: other, caller: grace })).answer.answeredBy).toBe("grace");
});

test("others may not, whoever they say that they are", async () => {
  const id = await ask(["ada", "ops"]);
  const mary = { name: "mary", groups: ["sales"] };
  await expect(api.answerPause({ flowRunId: id, caller: mary, answeredBy: "ada" })).rejects.toMatchObject({
    code: "ANSWER_NOT_ALLOWED",
    status: 403,
    data: { reason: "mary is none of those who may give it" },
  });
  expect(await api.listAnswers(id)).toEqual([]);
});

test("what anybody may answer is put down to the caller", async () => {
  const id = await ask([]);
  const { answer } = await api.answerPause({ flowRunId: id, caller: { name: "mary", groups: [] }, answeredBy: "ada" });
  expect(answer.answeredBy).toBe("mary");
});

test("a request cannot say who its caller is", () => {
  const caller = { name: "ada", groups: [] };
  expect(answerToPause.parse({ flowRunId: "id", caller })).toEqual({ flowRunId: "id" });
});
