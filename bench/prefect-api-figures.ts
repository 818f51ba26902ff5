/** What is said of the samples that bench/prefect-api.ts takes. */

import type { Figure } from "./kit/benchmark.ts";
import { compare } from "./kit/comparison.ts";
import type { Load } from "./programs/prefect-load/main.ts";

export interface Sample {
  readonly startMs: number;
  readonly startMb: number;
  readonly load: Load;
  /** After the load. */
  readonly loadedMb: number;
}

export function startFigures(kind: string, samples: readonly Sample[]): Figure[] {
  return [
    {
      label: `${kind}: cold start`,
      samples: samples.map(({ startMs }) => startMs),
      unit: "ms",
      target: { atMost: 500 },
    },
    {
      label: `${kind}: memory when it first answers`,
      samples: samples.map(({ startMb }) => startMb),
      unit: "MB",
      bound: { atMost: 150 },
    },
    { label: `${kind}: memory after the load`, samples: samples.map(({ loadedMb }) => loadedMb), unit: "MB" },
  ];
}

/** How many times better than Prefect's server each is to be. */
const rates: readonly { readonly what: string; readonly atLeast: number; readonly of: (load: Load) => number }[] = [
  { what: "flow runs created and completed", atLeast: 20, of: (load) => load.flowRunsCompleted.perSecond },
  { what: "task runs recorded from events", atLeast: 50, of: (load) => load.taskRunsRecorded },
  { what: "lists of 200 flow runs", atLeast: 10, of: (load) => load.flowRunLists.perSecond },
  { what: "flow runs read", atLeast: 10, of: (load) => load.flowRuns.perSecond },
  { what: "lists of 200 task runs", atLeast: 10, of: (load) => load.taskRunLists.perSecond },
  { what: "due runs handed to 10 pollers", atLeast: 10, of: (load) => load.handedOut },
];

export function loadFigures(
  kind: string,
  samples: { readonly millrace: readonly Sample[]; readonly prefect: readonly Sample[] | null },
): Figure[] {
  return rates.flatMap(({ what, atLeast, of }): Figure[] => {
    const label = `${kind}: ${what}`;
    const ours = samples.millrace.map(({ load }) => of(load));
    if (samples.prefect === null) return [{ label, samples: ours, unit: "/s" }];
    const peer = { name: "Prefect", samples: samples.prefect.map(({ load }) => of(load)) };
    return compare({ what: label, peer, millrace: ours, unit: "/s", atLeast });
  });
}
