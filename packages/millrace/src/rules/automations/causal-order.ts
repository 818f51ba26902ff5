/**
 * Events in the order of their causes. An event can name one that happened before it (`follows`), and arrive first. It is
 * then held until that one has come, or for a while: causes get lost.
 *
 * Each event is let through once. Nothing is read or waited for here: the caller says what time it is.
 */

import type { EventFacts } from "../../contract/automations.ts";

export interface CausalOrderOptions {
  /** How long an event waits for the one it follows. Default 30,000. */
  readonly holdForMs?: number;
  /** Events held at once; one more, and the one that has waited longest is let through. Default 10,000. */
  readonly maxHeld?: number;
  /** Ids remembered of events that were let through; the oldest is forgotten first. Default 100,000. */
  readonly maxSeen?: number;
}

export interface CausalOrder {
  /**
   * Takes an event that has come at `now` (ms since the epoch). Gives the events that may be evaluated, in their order: none
   * while it has to wait or when it has been seen before, else itself and those that waited for it.
   */
  readonly admit: (event: EventFacts, now: number) => readonly EventFacts[];
  /** Gives the events that have waited long enough, in the order in which they happened, each with those behind it. */
  readonly overdue: (now: number) => readonly EventFacts[];
  /** When the next event will have waited long enough, in ms since the epoch; null when none waits. */
  readonly nextOverdueAt: () => number | null;
}

interface Held {
  readonly event: EventFacts;
  readonly leader: string;
  readonly since: number;
}

export function createCausalOrder(options: CausalOrderOptions = {}): CausalOrder {
  const { holdForMs = 30_000, maxHeld = 10_000, maxSeen = 100_000 } = options;
  const seen = new Set<string>();
  /** By event id, in the order in which they came. */
  const held = new Map<string, Held>();
  /** By the id of the event that they wait for. */
  const followers = new Map<string, Set<string>>();

  function remember(id: string): void {
    seen.add(id);
    if (seen.size <= maxSeen) return;
    for (const oldest of seen) {
      seen.delete(oldest);
      return;
    }
  }

  function hold(entry: Held): void {
    held.set(entry.event.id, entry);
    const waiting = followers.get(entry.leader) ?? new Set();
    followers.set(entry.leader, waiting.add(entry.event.id));
  }

  function letGo(entry: Held): void {
    held.delete(entry.event.id);
    const waiting = followers.get(entry.leader);
    waiting?.delete(entry.event.id);
    if (waiting?.size === 0) followers.delete(entry.leader);
  }

  /** Lets events through, and after each those that waited for it. */
  function release(first: readonly EventFacts[]): EventFacts[] {
    const released: EventFacts[] = [];
    // A stack and not recursion: a chain of events may be long.
    const next = [...first].reverse();
    for (let event = next.pop(); event !== undefined; event = next.pop()) {
      if (seen.has(event.id)) continue;
      remember(event.id);
      released.push(event);
      const freed = [...(followers.get(event.id) ?? [])].flatMap((id) => held.get(id) ?? []);
      for (const entry of freed) letGo(entry);
      next.push(
        ...freed
          .map((entry) => entry.event)
          .sort(inTime)
          .reverse(),
      );
    }
    return released;
  }

  return {
    admit(event, now) {
      if (seen.has(event.id) || held.has(event.id)) return [];
      const leader = event.follows;
      if (leader === undefined || leader === event.id || seen.has(leader)) return release([event]);
      hold({ event, leader, since: now });
      if (held.size <= maxHeld) return [];
      for (const oldest of held.values()) {
        letGo(oldest);
        return release([oldest.event]);
      }
      return [];
    },
    overdue(now) {
      const late: Held[] = [];
      for (const entry of held.values()) {
        if (entry.since > now - holdForMs) break;
        late.push(entry);
      }
      for (const entry of late) letGo(entry);
      return release(late.map(({ event }) => event).sort(inTime));
    },
    nextOverdueAt() {
      for (const { since } of held.values()) return since + holdForMs;
      return null;
    },
  };
}

function inTime(left: EventFacts, right: EventFacts): number {
  return left.at - right.at || (left.id < right.id ? -1 : 1);
}
