/**
 * Automations: one of the servers follows the event stream, evaluates what is watched for, and does what is asked for.
 *
 * What happens is safe against crashes by its order. A firing is kept first, under an id that follows from its causes. What is
 * remembered of an automation is kept later, with the number of the last event in it, and then how far the stream was read.
 * A server that goes on from there evaluates some events again, finds the same firings, and sees that they are there.
 */

import type { Api } from "../contract/api.ts";
import { createEventDescriber } from "../contract/event-facts.ts";
import { findLastSeq } from "../contract/last-event.ts";
import type { Vault } from "../contract/runtime.ts";
import type { Clock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { type AddressCheck, createAddressCheck } from "./automations/check-address.ts";
import { createFiringActions } from "./automations/act-on-firings.ts";
import { createWatchedEvaluation } from "./automations/evaluate-watched.ts";
import { withoutImported } from "./automations/imported-events.ts";
import { createLeadership } from "./automations/leadership.ts";
import type { TemplateVocabulary } from "./automations/perform-action.ts";
import { createTemplateFilters } from "./automations/template-filters.ts";
import { loadWatchedAutomations, type WatchedAutomations } from "./automations/watched-automations.ts";

export type { TemplateVocabulary };

export interface AutomationsLoop {
  /** Resolves when the events that are there, but for a bound, have been evaluated. Actions go on meanwhile. */
  tick(): Promise<void>;
  /**
   * When the next tick is needed although nothing is recorded, in ms UTC: at once where automations are watched or firings
   * wait, and in time for the lease where not.
   */
  findNext(): Promise<number>;
  /** Resolves when no action is being done. */
  settle(): Promise<void>;
  /** Keeps what is known, finishes the actions that were begun, and lets another server lead. */
  stop(): Promise<void>;
}

export interface AutomationsLoopOptions {
  readonly api: Api;
  readonly clock: Clock;
  /** Opens the blocks that people are notified by. */
  readonly vault: Vault;
  /** Which addresses people are notified at. Default: private networks too. */
  readonly checkAddress?: AddressCheck;
  /** How templates call what events tell of. Default: as we do. */
  readonly vocabulary?: TemplateVocabulary;
  /** Where the dashboard is, for templates that lead there. Default: nobody knows. */
  readonly uiUrl?: string;
  /** How long an evaluation is kept in the history, in ms. Default: as long as there is room. */
  readonly historyRetentionMs?: number;
  /** Names this server among others. Default: one of its own. */
  readonly id?: string;
  /** Told of what went wrong; the loop goes on. */
  readonly onFailure: (error: unknown) => void;
}

/** Events of one question to the ledger, and questions of one tick. */
const pageSize = 100;
const maxPages = 50;
/** What is known is kept so often, in ms. */
const saveEveryMs = 1000;
/** Evaluations that came to the same as the ones before are kept so often, in ms; if nothing else is. */
const saveCountsEveryMs = 30_000;

const ownWords: TemplateVocabulary = { event: (event) => event, labels: (labels) => labels };

export function createAutomationsLoop(options: AutomationsLoopOptions): AutomationsLoop {
  const { api, clock, vault, vocabulary = ownWords, uiUrl = null, id = uuidv7(), onFailure } = options;
  const { historyRetentionMs = Number.POSITIVE_INFINITY } = options;
  const { checkAddress = createAddressCheck({ privateNetworks: "all" }) } = options;
  const filters = createTemplateFilters(uiUrl);
  const stopping = new AbortController();
  const leadership = createLeadership({ api, clock, id, findStart: () => findLastSeq(api) });
  const describer = createEventDescriber({ api, clock });
  /** Whether firings may wait: those of a server that led before, or new ones. */
  let mayHaveFirings = true;
  const onFiring = (): void => {
    mayHaveFirings = true;
  };
  const evaluation = createWatchedEvaluation({ api, clock, describer, onFiring, onFailure });
  const actions = createFiringActions(
    { api, clock, vault, checkAddress, vocabulary, filters },
    { signal: stopping.signal, onFailure },
  );
  /** What only the leader knows. */
  let led: { readonly watched: WatchedAutomations; seq: number; savedAt: number; savedAllAt: number } | null = null;

  async function readEvents(state: { readonly watched: WatchedAutomations; seq: number }): Promise<boolean> {
    for (let page = 0; page < maxPages; page++) {
      const { items } = await api.listEvents({ afterSeq: state.seq }, { limit: pageSize });
      await evaluation.evaluateEvents(state.watched, await withoutImported(api, items));
      state.seq = items.at(-1)?.seq ?? state.seq;
      if (items.length < pageSize) return true;
    }
    return false;
  }

  /** False: another server leads now. */
  async function save(state: NonNullable<typeof led>, what: "changes" | "everything"): Promise<boolean> {
    if (what === "everything") state.watched.forgetBefore(clock.now() - historyRetentionMs);
    if (!(await state.watched.save(what))) return false;
    return state.seq === leadership.seq || leadership.advance(state.seq);
  }

  async function evaluate(state: NonNullable<typeof led>): Promise<void> {
    if (!(await readEvents(state))) return;
    await evaluation.passTime(state.watched);
    await evaluation.measure(state.watched);
  }

  async function beginToLead(): Promise<NonNullable<typeof led>> {
    mayHaveFirings = true;
    const watched = await loadWatchedAutomations(api, { onFailure });
    const now = clock.now();
    return { watched, seq: leadership.seq, savedAt: now, savedAllAt: now };
  }

  async function startActions(): Promise<void> {
    const isTimeToTry = (actions.nextTryAt ?? Number.POSITIVE_INFINITY) <= clock.now();
    if (!mayHaveFirings && !isTimeToTry) return;
    mayHaveFirings = false;
    try {
      if (await actions.start()) mayHaveFirings = true;
    } catch (error) {
      mayHaveFirings = true;
      throw error;
    }
  }

  return {
    async tick() {
      if (!(await leadership.hold())) {
        led = null;
        return;
      }
      led ??= await beginToLead();
      try {
        await evaluate(led);
      } catch (error) {
        // It goes on from what is kept: the same events give the same firings.
        led = null;
        throw error;
      }
      const now = clock.now();
      if (now - led.savedAt >= saveEveryMs) {
        const isTimeForAll = now - led.savedAllAt >= saveCountsEveryMs;
        if (!(await save(led, isTimeForAll ? "everything" : "changes"))) {
          led = null;
          return;
        }
        led.savedAt = now;
        if (isTimeForAll) led.savedAllAt = now;
      }
      await startActions();
    },
    async findNext() {
      const isQuiet = led === null || (led.watched.all.size === 0 && !mayHaveFirings && led.seq === leadership.seq);
      const nextTryAt = actions.nextTryAt ?? Number.POSITIVE_INFINITY;
      return isQuiet ? Math.min(leadership.nextHoldAt, nextTryAt) : clock.now();
    },
    settle: () => actions.settle(),
    async stop() {
      stopping.abort();
      await actions.settle();
      if (led !== null && (await save(led, "everything"))) await leadership.release();
      led = null;
    },
  };
}
