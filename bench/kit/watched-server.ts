/** A server that tells of itself, phase by phase, what a load asks of it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure, Limit } from "./benchmark.ts";
import { type BenchServer, startBenchServer } from "./server.ts";

const watch = new URL("../programs/watch-phases.mjs", import.meta.url).href;
/** A signal is heeded in the next turn of the server's event loop. */
const heededMs = 50;

/** What is written by programs/watch-phases.mjs of each phase. */
export interface Phase {
  readonly wallMs: number;
  /** Of the processor, in that time. */
  readonly cpuMs: number;
  /** How late the event loop was. */
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** The most memory in any second. */
  readonly peakMb: number;
  /** The most that waited to be sent to one client, looked at every 5 s. */
  readonly unsentKb: number;
}

export interface WatchedServer extends BenchServer {
  /** What comes from now on is another phase. */
  nextPhase(): Promise<void>;
  /** Stops it; its phases, the last one included. */
  stop(): Promise<readonly Phase[]>;
}

export async function startWatchedServer(options: Parameters<typeof startBenchServer>[0]): Promise<WatchedServer> {
  const file = join(options.home, `phases-${process.pid}-${Math.random().toString(36).slice(2)}.json`);
  const server = await startBenchServer({
    ...options,
    env: { ...options.env, PHASES_FILE: file },
    execArgv: [...(options.execArgv ?? []), "--import", watch],
  });
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopping ??= Promise.resolve(server[Symbol.asyncDispose]()));
  return {
    ...server,
    async nextPhase() {
      process.kill(server.pid, "SIGUSR2");
      await sleep(heededMs);
    },
    async stop() {
      await stop();
      return JSON.parse(readFileSync(file, "utf8")) as readonly Phase[];
    },
    [Symbol.asyncDispose]: stop,
  };
}

export interface PhaseLimits {
  readonly delayP99Ms?: number;
  readonly delayMaxMs?: number;
  readonly peakMb?: number;
}

/** How the server did in a phase. The processor's time tells whether others had the machine meanwhile. */
export function phaseFigures(name: string, phase: Phase | undefined, limits: PhaseLimits = {}): Figure[] {
  if (phase === undefined) throw new Error("the server has told of no such phase");
  const bound = (atMost: number | undefined): { readonly bound?: Limit } =>
    atMost === undefined ? {} : { bound: { atMost } };
  const { delayP99Ms, delayMaxMs, peakMb, cpuMs, wallMs } = phase;
  return [
    {
      label: `${name}: delay of the server's event loop, 99 of 100`,
      samples: [delayP99Ms],
      unit: "ms",
      ...bound(limits.delayP99Ms),
    },
    { label: `${name}: the longest delay`, samples: [delayMaxMs], unit: "ms", ...bound(limits.delayMaxMs) },
    { label: `${name}: memory of the server, at most`, samples: [peakMb], unit: "MB", ...bound(limits.peakMb) },
    { label: `${name}: processors that the server took, of one`, samples: [cpuMs / wallMs], unit: "x" },
  ];
}
