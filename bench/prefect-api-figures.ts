/** What is said of the samples that bench/prefect-api.ts takes. */

import type { Figure } from "./kit/benchmark.ts";
import { compare } from "./kit/comparison.ts";
import type { Load } from "./programs/prefect-load/main.ts";

/** A flow of Prefect's client: until its last task and its call return, and until all its task runs can be read as completed. */
export interface ClientFlow {
  readonly tasksMs: number;
  readonly returnedMs: number;
  readonly recordedMs: number;
}

export interface Sample {
  readonly startMs: number;
  readonly startMb: number;
  readonly load: Load;
  /** After the load. */
  readonly loadedMb: number;
  /** Null where Prefect is not there. */
  readonly flow: ClientFlow | null;
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

export function flowFigures(
  kind: string,
  samples: { readonly millrace: readonly Sample[]; readonly prefect: readonly Sample[]; readonly tasks: number },
): Figure[] {
  const what = `${kind}: ${samples.tasks} tasks of Prefect's client`;
  const take = (of: readonly Sample[], key: keyof ClientFlow): number[] =>
    of.flatMap(({ flow }) => (flow === null ? [] : flow[key]));
  const lag = (of: readonly Sample[]): number[] =>
    of.flatMap(({ flow }) => (flow === null ? [] : flow.recordedMs - flow.returnedMs));
  const peer = (key: keyof ClientFlow) => ({ name: "Prefect", samples: take(samples.prefect, key) });
  return [
    ...compare({
      what: `${what}, the last has returned`,
      peer: peer("tasksMs"),
      millrace: take(samples.millrace, "tasksMs"),
      unit: "ms",
      atLeast: 1,
    }),
    ...compare({
      what: `${what}, call returned`,
      peer: peer("returnedMs"),
      millrace: take(samples.millrace, "returnedMs"),
      unit: "ms",
    }),
    ...compare({
      what: `${what}, all recorded`,
      peer: peer("recordedMs"),
      millrace: take(samples.millrace, "recordedMs"),
      unit: "ms",
    }),
    { label: `Prefect: ${what}, from its end until all are recorded`, samples: lag(samples.prefect), unit: "ms" },
    {
      label: `Millrace: ${what}, from its end until all are recorded`,
      samples: lag(samples.millrace),
      unit: "ms",
      bound: { atMost: 1000 },
    },
  ];
}
