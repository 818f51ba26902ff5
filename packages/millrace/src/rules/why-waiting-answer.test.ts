import { describe, expect, test } from "vitest";
import type { FlowRun } from "../contract/flow-run.ts";
import type { InboxItem } from "../contract/inbox.ts";
import { decideWhyWaiting } from "./why-waiting.ts";
import { aRun, facts, now } from "./why-waiting-samples.testsuite.ts";

describe("a pause tells its key, what is asked, until when, how to answer, and where the run goes on", () => {
  const paused = aRun("PAUSED", { deploymentId: null });
  const item: InboxItem = {
    flowRunId: "r",
    flowName: "etl",
    runName: "calm-fox",
    deploymentId: null,
    key: "approve",
    kind: "paused",
    title: null,
    description: "Ship it?",
    schema: {},
    initialValues: null,
    answerers: [],
    since: now - 1000,
    until: now + 1,
    onTimeout: { kind: "fail" },
    answers: [],
  };
  const ofPrefect = { extra: { pauseKeys: ["1"] } };
  const toldOf = (
    asked: Partial<InboxItem>,
    runs: { readonly run?: FlowRun; readonly root?: FlowRun; readonly lookedAt?: FlowRun } = {},
  ) => {
    const { run = paused } = runs;
    const { root = run, lookedAt = run } = runs;
    return decideWhyWaiting(facts({ run: lookedAt, asking: { item: { ...item, ...asked }, run, root } })).holds;
  };

  test("with a form, in its own process", () => {
    expect(toldOf({})).toEqual([
      {
        kind: "pause",
        subject: { kind: "flow-run", id: "r", name: "calm-fox" },
        reason: "It waits at `approve` for an answer: Ship it?",
        advice:
          "`millrace inbox inspect r` shows the form, and `millrace inbox answer r` answers it. It goes on in its own process.",
        until: now + 1,
      },
    ]);
    expect(toldOf({ title: "Ship 1.2?", answerers: ["ada", "ops"] })).toMatchObject([
      {
        reason: "It waits at `approve` for an answer: Ship 1.2?",
        advice: expect.stringContaining(
          "`millrace inbox answer r --as NAME` answers it, in the name of who may (ada, ops).",
        ),
      },
    ]);
  });

  test("without a form, suspended, with a deployment and without", () => {
    const plain = { kind: "suspended", schema: null, key: null, description: null, until: null } as const;
    expect(toldOf(plain)).toMatchObject([
      {
        reason: "It waits to be resumed.",
        advice: "`millrace inbox answer r` lets it go on. It goes on where it is answered.",
        until: null,
      },
    ]);
    expect(toldOf(plain, { run: aRun("PAUSED") })).toMatchObject([
      { advice: "`millrace inbox answer r` lets it go on. Its deployment starts it again." },
    ]);
  });

  test("of Prefect's client", () => {
    const resume = "In Python, `resume_flow_run` does the same.";
    expect(toldOf({}, { run: aRun("PAUSED", { deploymentId: null, ...ofPrefect }) })).toMatchObject([
      { advice: expect.stringMatching(`answers it. It goes on in its own process. ${resume}$`) },
    ]);
    expect(toldOf({ kind: "suspended" }, { run: aRun("PAUSED", ofPrefect) })).toMatchObject([
      { advice: expect.stringMatching(`answers it. Its deployment starts it again. ${resume}$`) },
    ]);
  });

  test("in a subflow, looked at from the root", () => {
    const run = aRun("PAUSED", { id: "c", name: "red-owl", flowName: "part", deploymentId: null });
    const holds = [
      {
        kind: "pause",
        subject: { kind: "flow-run", id: "c" },
        reason: "Its subflow run red-owl (part) waits at `approve` for an answer: Ship it?",
      },
    ];
    expect(toldOf({ kind: "suspended" }, { run, root: aRun("PAUSED"), lookedAt: aRun("PAUSED") })).toMatchObject([
      { ...holds[0], advice: expect.stringMatching(/inbox answer c` .* Its deployment starts it again\.$/) },
    ]);
    const running = aRun("RUNNING");
    expect(toldOf({}, { run, root: running, lookedAt: running })).toMatchObject(holds);
    expect(toldOf({ kind: "suspended" }, { run, root: running, lookedAt: running })).toEqual([]);
  });

  test("that was answered, and not gone on from yet", () => {
    const answer = { key: "approve", at: now, value: true, reason: null, byTimeout: false };
    const answers = [{ ...answer, answeredBy: "ada", state: "given" }] as const;
    expect(toldOf({ answers })).toMatchObject([
      { reason: "It was answered by ada, and its process has not taken that yet.", advice: null },
    ]);
    const root = aRun("PAUSED", { id: "root", deploymentId: null });
    expect(toldOf({ answers, kind: "suspended" }, { root })).toMatchObject([
      {
        reason: "It was answered by ada, and has not gone on yet.",
        advice: "`millrace flow-run resume root` lets it go on.",
      },
    ]);
    expect(toldOf({ answers, kind: "suspended" }, { run: aRun("PAUSED", ofPrefect) })).toMatchObject([
      { advice: "`millrace inbox answer r` lets it go on." },
    ]);
    const byTimeout = [{ ...answer, answeredBy: null, state: "given", byTimeout: true }] as const;
    expect(toldOf({ answers: byTimeout })).toMatchObject([{ reason: expect.stringContaining("by its timeout") }]);
    expect(toldOf({ answers: [{ ...answer, answeredBy: "ada", state: "refused" }] })).toMatchObject([
      { reason: expect.stringContaining("for an answer: Ship it?") },
    ]);
  });

  test("for which nobody starts the run again", () => {
    const advise = (entrypoint: FlowRun["entrypoint"]) => {
      const run = aRun("PAUSED", { entrypoint });
      const asking = { item: { ...item, kind: "suspended" } as const, run, root: run };
      return decideWhyWaiting(facts({ run, deployment: null, asking })).holds[0]?.advice;
    };
    expect(advise(null)).toMatch(/is gone, so nobody starts it again: `millrace flow-run cancel r` gives it up\.$/);
    expect(advise({ module: "file:///etl.ts", export: "etl" })).toMatch(
      /is gone: `millrace flow-run resume r` goes on with it here\.$/,
    );
  });

  test("whose form is still to come", () => {
    expect(decideWhyWaiting(facts({ run: paused })).holds).toMatchObject([
      {
        kind: "pause",
        reason: expect.stringContaining("its form is still to come"),
        advice: "If that process is gone: `millrace flow-run cancel r`.",
      },
    ]);
  });
});
