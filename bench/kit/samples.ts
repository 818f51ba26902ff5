/** Taking samples side by side, and making figures of them. */

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("there is no median of no samples");
  return (lower + upper) / 2;
}

/** Sample by sample of the same round, so that a machine that is busy for a while slows both sides of a ratio. */
export function ratios(numerators: readonly number[], denominators: readonly number[]): number[] {
  return numerators.map((numerator, round) => numerator / (denominators[round] ?? Number.NaN));
}

/** Sample by sample of the same round, for what comes on top of something. */
export function differences(minuends: readonly number[], subtrahends: readonly number[]): number[] {
  return minuends.map((minuend, round) => minuend - (subtrahends[round] ?? Number.NaN));
}

/** A sample of each contender in a round. */
type Contenders<Samples> = { readonly [Name in keyof Samples]: () => Promise<Samples[Name]> };

/**
 * Measures each contender once a round, in turns: the order is reversed in every other round, so that none has always the
 * same place.
 */
export async function interleave<Samples extends object>(
  rounds: number,
  contenders: Contenders<Samples>,
): Promise<{ readonly [Name in keyof Samples]: Samples[Name][] }> {
  const names = Object.keys(contenders) as (keyof Samples)[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as {
    [Name in keyof Samples]: Samples[Name][];
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      samples[name].push(await contenders[name]());
    }
  }
  return samples;
}
