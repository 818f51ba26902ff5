/** Events as they are sent to Prefect's clients: looked up and written once, however many follow them. */

import type { EventDescriber } from "../../../contract/event-facts.ts";
import type { StoredEvent } from "../../../contract/records.ts";
import { toPrefectEvent } from "../mapping/event.ts";
import type { ReceivedEvent } from "../schemas/events.ts";

export interface ShownEvent {
  readonly seq: number;
  readonly shown: ReceivedEvent;
  /** The message. */
  readonly text: string;
}

/** What it makes of an event is kept as long as the event is. */
export function createSharedDescriber(
  describer: EventDescriber,
): (events: readonly StoredEvent[]) => Promise<readonly ShownEvent[]> {
  const known = new WeakMap<StoredEvent, Promise<ShownEvent>>();

  async function showAll(events: readonly StoredEvent[]): Promise<readonly ShownEvent[]> {
    const described = await describer.describe(events);
    return described.map((facts, index) => {
      const shown = toPrefectEvent(facts);
      return { seq: events[index]?.seq ?? 0, shown, text: JSON.stringify({ type: "event", event: shown }) };
    });
  }

  function begin(events: readonly StoredEvent[]): void {
    const all = showAll(events);
    for (const [index, event] of events.entries()) {
      const one = all.then((shown) => shown[index] as ShownEvent);
      // Who comes next asks again.
      one.catch(() => known.delete(event));
      known.set(event, one);
    }
  }

  return (events) => {
    const unknown = events.filter((event) => !known.has(event));
    if (unknown.length > 0) begin(unknown);
    return Promise.all(events.map((event) => known.get(event) as Promise<ShownEvent>));
  };
}
