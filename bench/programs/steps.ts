/**
 * What both sides of the comparison with DBOS run: `sequential n` (n steps of one flow, one after another), `single n` (n flows
 * of one step, one after another) and `together n` (the same, 32 in flight), each after a warm-up. Prints `{"ms": …}`.
 */

export interface Side {
  /** One flow of so many steps. */
  steps(count: number): Promise<unknown>;
  /** One flow of one step. */
  single(index: number): Promise<unknown>;
}

const inFlight = 32;
const warmUp = 100;

export async function measureSide(side: Side, kind: string, count: number): Promise<number> {
  const run = runs[kind];
  if (run === undefined) throw new Error(`there is no kind ${kind}`);
  await run(side, warmUp);
  const startedAt = performance.now();
  await run(side, count);
  return performance.now() - startedAt;
}

const runs: Readonly<Record<string, (side: Side, count: number) => Promise<unknown>>> = {
  sequential: (side, count) => side.steps(count),
  single: async (side, count) => {
    for (let index = 0; index < count; index += 1) await side.single(index);
  },
  together: (side, count) => {
    let next = 0;
    const caller = async (): Promise<void> => {
      while (next < count) await side.single(next++);
    };
    return Promise.all(Array.from({ length: inFlight }, caller));
  },
};
