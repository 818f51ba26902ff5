/** Every proposal from every state by everybody, as tables; and what holds whatever else the states say. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Decision,
  defaultStateNames,
  isTerminal,
  type State,
  type StateDetails,
  type StateType,
  stateTypes,
  suspendingName,
} from "../contract/states.ts";
import { decideFlowRunTransition, type TransitionFacts } from "./flow-run-transitions.ts";
import { toRow, type TransitionTable } from "./transition-table.testsuite.ts";

const ofOwner: TransitionTable = {
  SCHEDULED: "yes yes yes yes yes yes yes yes no",
  PENDING: "yes no yes yes yes yes yes yes no",
  RUNNING: "yes no yes yes yes yes yes yes yes",
  COMPLETED: "no no no no no no no no no",
  FAILED: "no no no no no no no no no",
  CRASHED: "no no no no no no no no no",
  CANCELLING: "stays stays stays stays stays stays stays yes stays",
  CANCELLED: "no no no no no no no no no",
  PAUSED: "yes no yes yes yes yes yes yes yes",
};

const nothing = Object.fromEntries(stateTypes.map((type) => [type, ofOwner.COMPLETED])) as TransitionTable;

/** What executes the run is told to give it up. */
const ofOther: TransitionTable = { ...ofOwner, RUNNING: "yes no yes yes yes yes yes yes RUNNING" };

/** Nobody would start it again. */
const ofOtherForGood: TransitionTable = { ...ofOwner, RUNNING: "yes no yes yes yes yes yes yes no" };

/** No process has to hear of a cancellation, or to be asked to pause. */
const ofNobody: TransitionTable = {
  ...ofOwner,
  SCHEDULED: "yes yes yes yes yes yes CANCELLED yes no",
  PENDING: "yes no yes yes yes yes CANCELLED yes no",
  RUNNING: "yes no yes yes yes yes CANCELLED yes yes",
  PAUSED: "yes no yes yes yes yes CANCELLED yes yes",
};

const epoch = 3;

const proposers: readonly (readonly [
  string,
  TransitionTable,
  Pick<TransitionFacts, "owned" | "proposerEpoch" | "startedAgainBy">,
])[] = [
  ["its owner", ofOwner, { owned: true, proposerEpoch: epoch }],
  ["an owner that it had before", nothing, { owned: true, proposerEpoch: epoch - 1 }],
  ["an owner that it had before, when nobody has it", nothing, { owned: false, proposerEpoch: epoch - 1 }],
  [
    "somebody else, of a run of a deployment",
    ofOther,
    { owned: true, proposerEpoch: null, startedAgainBy: "deployment" },
  ],
  ["somebody else, of a subflow", ofOtherForGood, { owned: true, proposerEpoch: null, startedAgainBy: "parent" }],
  ["somebody else, of a run of no deployment", ofOtherForGood, { owned: true, proposerEpoch: null }],
  ["anybody, of a run that nobody executes", ofNobody, { owned: false, proposerEpoch: null }],
];

function aState(type: StateType, at: number, details?: StateDetails): State {
  return { type, name: defaultStateNames[type], at, ...(details === undefined ? {} : { details }) };
}

describe.each(proposers)("what is proposed by %s", (_, table, proposer) => {
  test.each(stateTypes)("of a run that is %s", (from) => {
    const facts = { ...proposer, current: aState(from, 1), epoch, now: 2 };
    const row = toRow(from, (to) => decideFlowRunTransition({ ...facts, proposed: aState(to, 2) }));
    expect(row).toBe(table[from]);
  });
});

describe("whatever else there is to a run", () => {
  const time = fc.integer({ min: 0, max: 6 });
  const details: fc.Arbitrary<StateDetails> = fc.record(
    {
      scheduledAt: time,
      pauseTimeoutAt: time,
      pauseKey: fc.constantFrom("go", "stop"),
      suspended: fc.boolean(),
      timeoutAnswer: fc.constant("true"),
      forcedBy: fc.constant("ada"),
    },
    { requiredKeys: [] },
  );
  const names = fc.constantFrom(
    ...stateTypes.map((type) => defaultStateNames[type]),
    suspendingName,
    "Late",
    "Retrying",
  );
  const state: fc.Arbitrary<State> = fc
    .record({ type: fc.constantFrom(...stateTypes), name: fc.option(names, { nil: null }), at: time, details })
    .map(({ name, type, ...more }) => ({ ...more, type, name: name ?? defaultStateNames[type] }));
  const facts: fc.Arbitrary<TransitionFacts> = fc.record({
    current: state,
    proposed: state,
    owned: fc.boolean(),
    epoch: fc.constant(epoch),
    proposerEpoch: fc.constantFrom(null, epoch, epoch - 1),
    isAnswered: fc.boolean(),
    startedAgainBy: fc.constantFrom("deployment" as const, "parent" as const, "nobody" as const),
    now: time,
  });
  /** A client that did not hear the answer asks again. */
  const isRepeated = ({ current, proposed }: TransitionFacts, decision: Decision): boolean =>
    decision.answer === "ACCEPT" && decision.state === current && current.name === proposed.name;

  type Check = (given: TransitionFacts, decision: Decision) => boolean;
  const invariants: readonly (readonly [string, Check])[] = [
    [
      "an owner that it had before is refused",
      ({ proposerEpoch }, { answer }) => proposerEpoch !== epoch - 1 || answer === "ABORT",
    ],
    [
      "an end stays",
      (given, decision) =>
        !isTerminal(given.current.type) || decision.answer === "ABORT" || isRepeated(given, decision),
    ],
    [
      "a run that is being cancelled gets no other state than Cancelled",
      ({ current, proposed }, decision) => {
        if (current.type !== "CANCELLING" || !("state" in decision)) return true;
        return decision.state === current || (decision.answer === "ACCEPT" && proposed.type === "CANCELLED");
      },
    ],
    [
      "a run that is being suspended only gives up its process, ends, or is cancelled",
      ({ current, proposed }, decision) => {
        const isSuspending = current.type === "RUNNING" && current.name === suspendingName;
        if (!isSuspending || decision.answer !== "ACCEPT" || decision.state === current) return true;
        return isTerminal(proposed.type) || proposed.type === "CANCELLING" || proposed.details?.suspended === true;
      },
    ],
    [
      "nobody but its owner pauses a run that a process executes, or lets one go on that asks",
      ({ current, proposed, owned, proposerEpoch, isAnswered }, decision) => {
        if (proposerEpoch !== null || decision.answer !== "ACCEPT" || decision.state === current) return true;
        const pauses = owned && current.type === "RUNNING" && decision.state.type === "PAUSED";
        const asks = current.type === "PAUSED" && current.details?.pauseKey !== undefined && isAnswered !== true;
        return !pauses && !(asks && (proposed.type === "RUNNING" || proposed.type === "SCHEDULED"));
      },
    ],
    [
      "a run gets what is proposed, what it has, or an end that nobody can put off",
      ({ current, proposed }, decision) => {
        switch (decision.answer) {
          case "ACCEPT":
            return decision.state === proposed || decision.state === current || decision.state.name === suspendingName;
          case "REJECT":
            return decision.state === current || ["Cancelled", "Failed"].includes(decision.state.name);
          case "WAIT":
            return proposed.type === "RUNNING" && decision.forMs > 0;
          case "ABORT":
            return decision.reason !== "";
        }
      },
    ],
  ];

  test.each(invariants)("%s", (_, check) => {
    const property = fc.property(facts, (given) => check(given, decideFlowRunTransition(given)));
    expect(() => fc.assert(property, { numRuns: 2_000 })).not.toThrow();
  });
});
