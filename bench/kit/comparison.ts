import type { Figure, Unit } from "./benchmark.ts";
import { ratios } from "./samples.ts";

/** A peer's samples, ours, and how many times better ours are; each sample beside the other side's of the same round. */
export function compare(options: {
  readonly what: string;
  readonly peer: { readonly name: string; readonly samples: readonly number[] };
  readonly millrace: readonly number[];
  /** A rate is better when it is high, a time when it is low. */
  readonly unit: Extract<Unit, "/s" | "ms">;
  /** Times better, at least. Default: none is asked. */
  readonly atLeast?: number;
}): Figure[] {
  const { what, peer, millrace, unit, atLeast } = options;
  const times = unit === "/s" ? ratios(millrace, peer.samples) : ratios(peer.samples, millrace);
  return [
    { label: `${peer.name}: ${what}`, samples: peer.samples, unit },
    { label: `Millrace: ${what}`, samples: millrace, unit },
    {
      label: `times better: ${what}`,
      samples: times,
      unit: "x",
      ...(atLeast === undefined ? {} : { bound: { atLeast } }),
    },
  ];
}
