/** What a pause tells people, whom it lets answer, and what becomes of it when nobody does. */

import { describe, expect, test } from "vitest";
import { z } from "zod";
import { flow } from "../sdk/flow.ts";
import { pause, suspend } from "../sdk/pause.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

const decision = z.object({ approve: z.boolean(), by: z.string().default("nobody") });
const even = z.object({ count: z.number().refine((count) => count % 2 === 0, "it is odd") });

describe("a question", () => {
  test("says what it asks, of whom, and what it begins with", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const asking = flow({ name: "asking" }, async () =>
      pause({
        input: decision,
        key: "go",
        title: "Ship it?",
        description: "See the **report**.",
        initialValues: { by: "ada" },
        answerers: ["ada", "release-managers"],
        timeout: "2h",
        onTimeout: { answer: { approve: false } },
      }),
    );
    const { id, ended } = await ledger.start(asking);
    const { at } = await ledger.untilState(id, "PAUSED");
    expect(await ledger.api.readInboxItem(id)).toMatchObject({
      flowRunId: id,
      flowName: "asking",
      key: "go",
      kind: "paused",
      title: "Ship it?",
      description: "See the **report**.",
      schema: { type: "object", properties: { approve: { type: "boolean" } } },
      initialValues: { by: "ada" },
      answerers: ["ada", "release-managers"],
      since: at,
      until: expect.closeTo(Date.UTC(2026, 0, 1, 2), 0) as number,
      onTimeout: { kind: "answer", answer: { approve: false } },
      answers: [],
    });
    await ledger.api.answerPause({ flowRunId: id, input: { approve: true }, answeredBy: "ada" });
    expect((await ended).value).toEqual({ approve: true, by: "nobody" });
    expect(await ledger.api.listAnswers(id)).toMatchObject([
      { key: "go", answeredBy: "ada", value: { approve: true }, state: "taken", byTimeout: false },
    ]);
  });

  test("is asked again when the run's own check refuses an answer that the form allows", async () => {
    await using ledger = await createTestLedger();
    const { id, ended } = await ledger.start(flow({ name: "asking" }, async () => pause({ input: even })));
    await ledger.untilState(id, "PAUSED");
    await ledger.api.answerPause({ flowRunId: id, input: { count: 3 }, answeredBy: "ada" });
    const refused = async () => (await ledger.api.readInboxItem(id))?.answers[0]?.state === "refused";
    while (!(await refused())) await new Promise((resolve) => void setImmediate(resolve));
    await ledger.api.answerPause({ flowRunId: id, input: { count: 4 }, answeredBy: "grace" });
    expect((await ended).value).toEqual({ count: 4 });
    expect(await ledger.api.listAnswers(id)).toMatchObject([
      { answeredBy: "ada", value: { count: 3 }, state: "refused", reason: expect.stringContaining("it is odd") },
      { answeredBy: "grace", value: { count: 4 }, state: "taken", reason: null },
    ]);
  });
});

describe("a pause that nobody answers", () => {
  test("takes the answer that was agreed on, and tells that it is the timeout's", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const { id, ended } = await ledger.start(
      flow({ name: "asking" }, async () =>
        pause({ input: decision, timeout: "1h", onTimeout: { answer: { approve: true, by: "default" } } }),
      ),
    );
    await ledger.untilState(id, "PAUSED");
    await ledger.clock.advance("61m");
    const { run, value } = await ended;
    expect(value).toEqual({ approve: true, by: "default" });
    expect(run.history.map(({ name }) => name)).toEqual(["Pending", "Running", "Paused", "Running", "Completed"]);
    expect(await ledger.api.listAnswers(id)).toMatchObject([
      { key: "pause-1", answeredBy: null, byTimeout: true, state: "taken", value: { approve: true, by: "default" } },
    ]);
  });

  test("goes on, where it asks for no answer and that was agreed on", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const { id, ended } = await ledger.start(
      flow({ name: "asking" }, async () => {
        await pause({ timeout: "1h", onTimeout: "go-on" });
        return "went on";
      }),
    );
    await ledger.untilState(id, "PAUSED");
    expect(await ledger.api.readInboxItem(id)).toMatchObject({ schema: null, onTimeout: { kind: "go-on" } });
    await ledger.clock.advance("61m");
    expect((await ended).value).toBe("went on");
  });

  test("takes what a person has answered before its process looked again", async () => {
    await using ledger = await createTestLedger();
    const asking = flow({ name: "asking" }, async () =>
      pause({ input: decision, key: "go", timeout: "1h", onTimeout: { answer: { approve: false } } }),
    );
    const { id, ended } = await ledger.start(asking);
    await ledger.untilState(id, "PAUSED");
    await ledger.answer(id, { approve: true });
    expect((await ended).value).toMatchObject({ approve: true });
    expect(await ledger.api.listAnswers(id)).toHaveLength(1);
  });

  test("fails at once where the agreed answer is none that the schema allows", async () => {
    await using ledger = await createTestLedger();
    const { error, run } = await ledger.run(
      flow({ name: "asking" }, async () => pause({ input: even, timeout: "1h", onTimeout: { answer: { count: 3 } } })),
    );
    expect(error).toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining("it is odd") });
    expect(run.history.some(({ type }) => type === "PAUSED")).toBe(false);
  });

  test("is given its agreed answer when it is resumed too late, once its process is gone", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const asking = flow({ name: "asking" }, async () =>
      suspend({ input: decision, timeout: "1d", onTimeout: { answer: { approve: true } } }),
    );
    const { run } = await ledger.run(asking);
    await ledger.clock.advance("2d");
    expect((await ledger.resume(run)).value).toEqual({ approve: true, by: "nobody" });
    expect(await ledger.api.listAnswers(run.id)).toMatchObject([{ byTimeout: true, state: "taken" }]);
  });

  test("is given it by whoever looks after the ledger, and the run takes it when it is resumed", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const asking = flow({ name: "asking" }, async () =>
      suspend({ input: decision, timeout: "1d", onTimeout: { answer: { approve: true } } }),
    );
    const { run } = await ledger.run(asking);
    expect(await ledger.api.expirePause(run.id)).toBe(false);
    await ledger.clock.advance("2d");
    expect([await ledger.api.expirePause(run.id), await ledger.api.expirePause(run.id)]).toEqual([true, false]);
    expect(await ledger.api.listAnswers(run.id)).toMatchObject([{ byTimeout: true, state: "given" }]);
    expect((await ledger.resume(run)).value).toEqual({ approve: true, by: "nobody" });
    expect(await ledger.api.listAnswers(run.id)).toMatchObject([{ byTimeout: true, state: "taken" }]);
  });
});

describe("options that do not go together are refused", () => {
  const refusal = async (ask: () => Promise<unknown>) => {
    await using ledger = await createTestLedger();
    return (await ledger.run(flow({ name: "asking" }, ask))).error;
  };

  test("an agreed answer without a timeout, to no question, or none to one", async () => {
    const input = decision;
    expect(await refusal(async () => suspend({ input, onTimeout: { answer: { approve: true } } }))).toMatchObject({
      code: "OPTION_INVALID",
      data: { option: "onTimeout", reason: "there is no `timeout`" },
    });
    const goOn = { input, onTimeout: "go-on" } as never;
    expect(await refusal(async () => pause(goOn))).toMatchObject({ data: { option: "onTimeout" } });
    const answer = { onTimeout: { answer: 1 } } as never;
    expect(await refusal(async () => pause(answer))).toMatchObject({ data: { option: "onTimeout" } });
  });

  test("answerers that are nobody", async () => {
    expect(await refusal(async () => pause({ answerers: [] }))).toMatchObject({ data: { option: "answerers" } });
  });
});
