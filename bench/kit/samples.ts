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

/**
 * Measures each contender once a round, in turns: the order is reversed in every other round, so that none has always the
 * same place.
 */
export async function interleave<Contenders extends Readonly<Record<string, () => Promise<unknown>>>>(
  rounds: number,
  contenders: Contenders,
): Promise<{ readonly [Name in keyof Contenders]: Awaited<ReturnType<Contenders[Name]>>[] }> {
  const names = Object.keys(contenders);
  const samples: Record<string, unknown[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      samples[name]?.push(await contenders[name]?.());
    }
  }
  return samples as { [Name in keyof Contenders]: Awaited<ReturnType<Contenders[Name]>>[] };
}
