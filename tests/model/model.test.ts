/**
 * The rules of who has a run, what it comes to and who holds a slot, in every order in which their steps can happen. First
 * that nothing is wrong with them, then that SPIN sees what would be wrong without each of them.
 */

import { beforeEach, describe, expect, test } from "vitest";
import { isCi } from "../../tools/is-ci.ts";
import { findSpin } from "../../tools/spin.ts";
import { checkModel, type ModelQuestion } from "./check-model.ts";

const found = findSpin();
if ("reason" in found && isCi()) throw new Error(`SPIN is needed in CI: ${found.reason}`);

const check = (question: ModelQuestion) => {
  if ("reason" in found) throw new Error(found.reason);
  return checkModel(found, question);
};

interface Case {
  readonly what: string;
  readonly model: ModelQuestion["model"];
  readonly faults: readonly string[];
}

const run = (what: string, ...faults: string[]): Case => ({ what, model: "run", faults });
const slots = (what: string, ...faults: string[]): Case => ({ what, model: "slots", faults });

const cases: readonly Case[] = [
  run("requests and answers are lost, and others come too late", "LOSSES=1", "LATE=1"),
  run("a request arrives twice, a machine and a process die", "COPIES=1", "DEATHS=1", "POISON=1", "RETRIES=1"),
  run("a paused worker comes back after its run was taken up by another", "PROCESSES=3", "RESUMES=1", "PAUSES=1"),
  run("a person cancels while answers are lost", "CANCELS=1", "LOSSES=1"),
  run("a worker is paused, and a machine dies, between two attempts too", "PAUSES=1", "DEATHS=1", "RETRIES=1"),
  slots("a limit of one slot", "LIMIT=1"),
  slots("a limit of two slots", "LIMIT=2"),
];

/** Millions of states. */
const nightly: readonly Case[] = [
  run("requests are lost or late, and a worker is paused", "LOSSES=1", "LATE=1", "PAUSES=1"),
  run("all of cancelling, pausing, dying and retrying", "CANCELS=1", "DEATHS=1", "PAUSES=1", "RETRIES=1"),
  run("a resume, while a machine dies and a request is lost", "PROCESSES=3", "RESUMES=1", "DEATHS=1", "LOSSES=1"),
];

interface Mutation extends Case {
  /** What SPIN says. */
  readonly sees: string;
}

const without = (rule: string, { sees, faults = [] }: { sees: string; faults?: readonly string[] }): Mutation => ({
  ...run(rule, ...faults, rule),
  sees,
});

const mutations: readonly Mutation[] = [
  without("NO_GUARD", { sees: "state>=5" }),
  without("NO_STALE_RULE", { sees: "token[p]==epoch", faults: ["PROCESSES=3", "RESUMES=1", "PAUSES=1"] }),
  without("NO_TERMINAL_RULE", { sees: "state>=5", faults: ["PAUSES=1"] }),
  without("NO_CANCELLING_RULE", { sees: "to==7", faults: ["CANCELS=1"] }),
  without("NO_STATE_AT", { sees: "state>=5", faults: ["COPIES=1", "DEATHS=1"] }),
  without("SWEEPS_MAY_BE_OVERTAKEN", { sees: "lease[owner]==1" }),
  without("OWN_IDS", { sees: "made<=1" }),
  without("CRASHED_BEGIN_AGAIN", { sees: "bodies<=", faults: ["PROCESSES=3", "POISON=1", "DEATHS=1"] }),
  without("NO_EXPIRY", { sees: "state>=5", faults: ["DEATHS=1"] }),
  without("NO_ORPHANS", { sees: "state>=5", faults: ["DEATHS=1", "PAUSES=1"] }),
  without("NO_LOST_CLAIMS", { sees: "state>=5", faults: ["DEATHS=1"] }),
  without("RETRIES_WAIT_FOR_EVER", { sees: "state>=5", faults: ["RETRIES=1", "DEATHS=1"] }),
  { ...slots("COUNTS_BEFORE", "COUNTS_BEFORE", "DEATHS=0", "PAUSES=0"), sees: "held<=1" },
  { ...slots("BY_COUNT", "BY_COUNT"), sees: "taken==held" },
  { ...slots("NO_EXPIRY", "NO_EXPIRY"), sees: "taken==0" },
];

describe("every order of steps", () => {
  const reason = "reason" in found ? found.reason : undefined;
  beforeEach(({ skip }) => skip(reason !== undefined, reason));
  const chosen = process.env.MILLRACE_MODEL_FULL === "1" ? [...cases, ...nightly] : cases;

  test.for(chosen)("keeps what is promised when $what", async ({ model, faults }) => {
    const answer = await check({ model, defines: faults });
    expect(answer.violation).toBeNull();
    expect(answer.isComplete).toBe(true);
    // Nothing is kept by a model in which nothing happens.
    expect(answer.states).toBeGreaterThan(10_000);
  });

  test("ends the run in each endless way too that is fair to everybody", async () => {
    const question = { model: "run", defines: ["DEATHS=1", "RETRIES=1"], isEndless: true } as const;
    expect(await check(question)).toMatchObject({ violation: null, isComplete: true });
  });

  test("is seen to be endless where a loop does nothing for ever", async () => {
    const defines = ["DEATHS=1", "RETRIES=1", "SWEEP_PASSES_BY"];
    const { violation } = await check({ model: "run", defines, isEndless: true, isWrong: true });
    expect(violation).toContain("acceptance cycle");
  });

  test.for(mutations)("shows what goes wrong with $what in model $model", async ({ model, faults, sees }) => {
    const { violation } = await check({ model, defines: faults, isWrong: true });
    expect(violation).toContain(sees);
  });
});
