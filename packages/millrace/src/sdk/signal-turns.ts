/** Which of the values sent to a run each wait of its body takes: the first wait the first, the second the second. */

/** A wait's place among the values of a name that are accepted. */
export interface Turn {
  /** 0 for the first value. */
  readonly place: number;
  /** By the id of each value that was looked at in this body: whether it is accepted. */
  readonly verdicts: Map<string, Promise<boolean>>;
  /** The wait has ended without its value: the next wait takes the place. */
  giveBack(): void;
}

interface Turns {
  /** True at each place that is taken. */
  readonly taken: boolean[];
  readonly verdicts: Turn["verdicts"];
}

/** By the signal of the body, of which each execution has its own, and by name. */
const turnsOf = new WeakMap<AbortSignal, Map<string, Turns>>();

/** Takes the first place that is free. Fixed when the wait begins, so that a resumed body gives each wait the same again. */
export function takeTurn(body: AbortSignal, name: string): Turn {
  const byName = turnsOf.get(body) ?? new Map<string, Turns>();
  turnsOf.set(body, byName);
  const turns: Turns = byName.get(name) ?? { taken: [], verdicts: new Map() };
  byName.set(name, turns);
  const { taken, verdicts } = turns;
  const free = taken.indexOf(false);
  const place = free === -1 ? taken.length : free;
  taken[place] = true;
  return {
    place,
    verdicts,
    giveBack() {
      taken[place] = false;
    },
  };
}
