/** Hands events, the passing of time and measurements to the automations that are watched, and keeps each firing at once. */

import type { Api } from "../../contract/api.ts";
import type { EventFacts } from "../../contract/automations.ts";
import { type ErrorCode, isMillraceError } from "../../contract/errors.ts";
import type { EventDescriber } from "../../contract/event-facts.ts";
import type { StoredEvent } from "../../contract/records.ts";
import type { Clock } from "../../kit/clock.ts";
import { createCausalOrder } from "../../rules/automations/causal-order.ts";
import { evaluate, type EvaluationInput, nextEvaluationAt } from "../../rules/automations/evaluate.ts";
import { recordFiring } from "./firing-record.ts";
import { measureMetric } from "./measure-metric.ts";
import { tellEvaluation, type WatchedAutomation, type WatchedAutomations } from "./watched-automations.ts";

/** All of it rejects when the ledger does not take a firing now: what was evaluated is not to be kept then. */
export interface WatchedEvaluation {
  /** Evaluates events in the order of their numbers, following what happens to automations themselves. */
  evaluateEvents(watched: WatchedAutomations, events: readonly StoredEvent[]): Promise<void>;
  /** Lets time pass, where a trigger waits for it. */
  passTime(watched: WatchedAutomations): Promise<void>;
  /** Measures metrics, if it is time. */
  measure(watched: WatchedAutomations): Promise<void>;
}

/** Events may be recorded so much later than they happened: time passes as much later. In ms. */
const maxLateMs = 1000;
/** Characters of what is kept of a failure. */
const maxFailureLength = 500;
/** Between two measurements, in ms. */
const measureEveryMs = 30_000;

const change = /^millrace\.automation\.(created|updated|deleted)$/;
const automationId = /^millrace\.automation\.([\da-f-]{36})$/;

export function createWatchedEvaluation(options: {
  readonly api: Pick<Api, "createObject" | "readObject" | "listFlowRuns">;
  readonly clock: Clock;
  readonly describer: EventDescriber;
  /** Told when there is something to act on. */
  readonly onFiring: () => void;
  readonly onFailure: (error: unknown) => void;
}): WatchedEvaluation {
  const { api, clock, describer, onFiring, onFailure } = options;
  let nextMeasureAt = 0;

  async function evaluateOne(
    watched: WatchedAutomation,
    input: EvaluationInput,
    cause: { readonly event: EventFacts | null; readonly at: number },
  ): Promise<void> {
    const { prepared } = watched;
    const { state, firings, reasons } = evaluate(prepared, watched.state, input);
    // Before the state is kept: what is found again after a crash is the same firing.
    for (const firing of firings) {
      onFiring();
      await recordFiring(api, { automation: prepared.automation, firing, event: cause.event });
    }
    if (state !== watched.state || firings.length > 0) watched.unsaved = "changes";
    watched.state = state;
    for (const reason of reasons) tellEvaluation(watched, { ...reason, at: cause.at });
  }

  /** One that cannot be evaluated does not hold the others. A ledger that takes nothing now is no fault of it. */
  function fail(watched: WatchedAutomation, error: unknown, { path = "trigger", at = clock.now() } = {}): void {
    if (isOfLedger(error)) throw error;
    onFailure(error);
    const message = error instanceof Error ? error.message : String(error);
    tellEvaluation(watched, { path, key: [], outcome: "failed", text: message.slice(0, maxFailureLength), at });
  }

  async function evaluateStretch(watched: WatchedAutomations, stretch: readonly StoredEvent[]): Promise<void> {
    const all = [...watched.all.values()];
    const wanted = stretch.filter((event) => all.some((each) => mayConcern(each, event)));
    const seqs = new Map(wanted.map(({ id, seq }) => [id, seq]));
    for (const event of inCausalOrder(await describer.describe(wanted))) {
      const seq = seqs.get(event.id) ?? 0;
      for (const each of all) {
        if (seq <= each.seq || isBefore(each, event) || isOwn(each, event)) continue;
        try {
          if (!each.prepared.concerns(event)) continue;
          await evaluateOne(each, { kind: "event", event }, { event, at: event.at });
        } catch (error) {
          fail(each, error, { at: event.at });
        }
      }
    }
    const last = stretch.at(-1)?.seq ?? 0;
    for (const each of all) each.seq = Math.max(each.seq, last);
  }

  return {
    async evaluateEvents(watched, events) {
      let stretch: StoredEvent[] = [];
      for (const event of events) {
        stretch.push(event);
        const [, what] = change.exec(event.name) ?? [];
        const [, id] = automationId.exec(event.resource.id ?? "") ?? [];
        if (what === undefined || id === undefined) continue;
        await evaluateStretch(watched, stretch);
        stretch = [];
        await watched.reload(id, what === "created" ? { seq: event.seq } : null);
      }
      if (stretch.length > 0) await evaluateStretch(watched, stretch);
    },

    async passTime(watched) {
      const now = clock.now() - maxLateMs;
      for (const each of watched.all.values()) {
        try {
          const next = nextEvaluationAt(each.prepared, each.state);
          if (next === null || next > now) continue;
          await evaluateOne(each, { kind: "tick", now }, { event: null, at: now });
        } catch (error) {
          fail(each, error, { at: now });
        }
      }
    },

    async measure(watched) {
      const now = clock.now();
      if (now < nextMeasureAt) return;
      nextMeasureAt = now + measureEveryMs;
      for (const each of watched.all.values()) {
        for (const { path, trigger } of each.prepared.metrics) {
          try {
            const value = await measureMetric({ api, describer }, trigger, now);
            await evaluateOne(each, { kind: "measurement", path, value, at: now }, { event: null, at: now });
          } catch (error) {
            fail(each, error, { path, at: now });
          }
        }
      }
    },
  };
}

const ledgerFailures: readonly ErrorCode[] = [
  "LEDGER_FULL",
  "LEDGER_UNWRITABLE",
  "LEDGER_BUSY",
  "DATABASE_UNREACHABLE",
];

function isOfLedger(error: unknown): boolean {
  return isMillraceError(error) && ledgerFailures.includes(error.code);
}

/** By its name alone: what an event is related to is looked up only where somebody asks for it. */
function mayConcern({ prepared, seq }: WatchedAutomation, event: StoredEvent): boolean {
  return event.seq > seq && prepared.events.some(({ expects, starts }) => expects(event.name) || starts(event.name));
}

function isBefore({ notBefore }: WatchedAutomation, event: EventFacts): boolean {
  return notBefore !== null && event.at < notBefore;
}

const ownNames = /^millrace\.automation\.(triggered|resolved|action\.\w+)$/;

/** What an automation itself has caused does not set it off again. */
function isOwn({ prepared }: WatchedAutomation, event: EventFacts): boolean {
  return ownNames.test(event.name) && event.resource.id === `millrace.automation.${prepared.automation.id}`;
}

/** In the order of their numbers, but none before the one that it follows, where both are here. */
function inCausalOrder(events: readonly EventFacts[]): readonly EventFacts[] {
  if (!events.some(({ follows }) => follows !== undefined)) return events;
  const ids = new Set(events.map(({ id }) => id));
  const order = createCausalOrder({ holdForMs: 0, maxHeld: events.length, maxSeen: events.length });
  const admitted = events.flatMap((event) => {
    const { follows, ...alone } = event;
    return order.admit(follows !== undefined && ids.has(follows) ? event : alone, event.at);
  });
  return [...admitted, ...order.overdue(Number.POSITIVE_INFINITY)];
}
