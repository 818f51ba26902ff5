import { join } from "node:path";
import { prefectVersion } from "../tools/prefect-venv.ts";
import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { compare } from "./kit/comparison.ts";
import { runMillrace } from "./kit/millrace.ts";
import type { ProgramEnd } from "./kit/program.ts";
import { interleave, ratios } from "./kit/samples.ts";
import { makeScratch } from "./kit/scratch.ts";
import { findPrefect } from "./peers/prefect.ts";

const tasksProgram = new URL("./programs/prefect-side.ts", import.meta.url);
const helloProgram = new URL("./programs/hello.ts", import.meta.url);

interface Hello {
  /** The whole process, with one flow in it. */
  readonly wallMs: number;
  /** The call of the flow: Prefect's with its server running already, ours the first of its process. */
  readonly flowMs: number;
}

/** Until the call returns, and until all tasks are recorded. The same for Millrace; Prefect's server hears of them later. */
interface Times {
  readonly returnedMs: number;
  readonly recordedMs: number;
}

interface Tasks {
  readonly sequential: Times;
  readonly map: Times;
}

/** A flow of some steps, as people write them: the share of what a run costs beside its tasks is the larger. */
const fewTasks = 100;

export const prefect: Benchmark = {
  name: "prefect",
  what: `Prefect ${prefectVersion} with its embedded server, and Millrace, on the same tasks`,
  async run({ isQuick, withPeers, say }) {
    if (!withPeers) return { skipped: "peers were not asked for" };
    say(`Prefect ${prefectVersion}: installing it if it is not there yet`);
    const peer = await findPrefect();
    if ("skipped" in peer) return peer;
    const [count, width, rounds] = isQuick ? [50, 50, 1] : [1000, 1000, 3];
    say(`${rounds} rounds: a hello flow, ${count} tasks one after another, ${width} tasks mapped`);
    using scratch = makeScratch();
    const home = join(scratch.path, "millrace");
    const prefectHome = join(scratch.path, "prefect");
    // Both have a ledger that is there already: neither is charged for making it.
    await peer.run(prefectHome, "hello");
    await runMillrace({ program: helloProgram, home });
    const hello = await interleave(rounds, {
      prefect: async () => toTheirHello(await peer.run(prefectHome, "hello")),
      millrace: async () => toOurHello(await runMillrace({ program: helloProgram, home })),
    });
    const tasks = await interleave(rounds, {
      prefect: async () => toTasks(await peer.run(prefectHome, "tasks", count, width)),
      millrace: async () => toTasks(await runMillrace({ program: tasksProgram, args: [count, width], home })),
    });
    say(`${rounds} rounds: ${fewTasks} tasks one after another`);
    const few = await interleave(rounds, {
      prefect: async () => toTasks(await peer.run(prefectHome, "tasks", fewTasks, 1)),
      millrace: async () => toTasks(await runMillrace({ program: tasksProgram, args: [fewTasks, 1], home })),
    });
    return { figures: [...taskFigures(tasks, { count, width }), ...fewFigures(few), ...helloFigures(hello)] };
  },
};

interface Sides<Sample> {
  readonly prefect: readonly Sample[];
  readonly millrace: readonly Sample[];
}

function pick<Sample, Key extends keyof Sample>(sides: Sides<Sample>, key: Key) {
  return {
    peer: { name: "Prefect", samples: sides.prefect.map((sample) => sample[key]) },
    millrace: sides.millrace.map((sample) => sample[key]),
  };
}

function taskFigures(
  tasks: Sides<Tasks>,
  { count, width }: { readonly count: number; readonly width: number },
): Figure[] {
  const timesOf = (kind: keyof Tasks): Sides<Times> => ({
    prefect: tasks.prefect.map((each) => each[kind]),
    millrace: tasks.millrace.map((each) => each[kind]),
  });
  const [sequence, map] = [`${count} tasks in sequence`, `a map of ${width} tasks`];
  return [
    ...compare({ what: `${sequence}, all recorded`, ...pick(timesOf("sequential"), "recordedMs"), ...fiftyTimes }),
    ...compare({ what: `${sequence}, call returned`, ...pick(timesOf("sequential"), "returnedMs"), unit: "ms" }),
    ...compare({ what: `${map}, all recorded`, ...pick(timesOf("map"), "recordedMs"), ...fiftyTimes }),
    ...compare({ what: `${map}, call returned`, ...pick(timesOf("map"), "returnedMs"), ...fiftyTimes }),
  ];
}

function fewFigures(tasks: Sides<Tasks>): Figure[] {
  const times: Sides<Times> = {
    prefect: tasks.prefect.map(({ sequential }) => sequential),
    millrace: tasks.millrace.map(({ sequential }) => sequential),
  };
  const what = `${fewTasks} tasks in sequence`;
  return [
    ...compare({ what: `${what}, all recorded`, ...pick(times, "recordedMs"), ...fiftyTimes }),
    ...compare({ what: `${what}, call returned`, ...pick(times, "returnedMs"), unit: "ms" }),
  ];
}

const fiftyTimes = { unit: "ms", atLeast: 50 } as const;

function helloFigures(hello: Sides<Hello>): Figure[] {
  const flows = pick(hello, "flowMs");
  const walls = pick(hello, "wallMs");
  return [
    ...compare({ what: "hello flow, wall time of its process", ...walls, unit: "ms", atLeast: 5 }),
    ...compare({ what: "hello flow, the call alone", ...flows, unit: "ms" }),
    {
      label: "Prefect's call alone over Millrace's whole process",
      samples: ratios(flows.peer.samples, walls.millrace),
      unit: "x",
      bound: { atLeast: 5 },
    },
  ];
}

/** Their process runs the flow twice; the second, which has its server running, is not counted to the wall time. */
function toTheirHello({ wallMs, lastLine }: ProgramEnd): Hello {
  const { flowMs } = JSON.parse(lastLine) as { flowMs: number };
  return { wallMs: wallMs - flowMs, flowMs };
}

function toOurHello({ wallMs, lastLine }: ProgramEnd): Hello {
  return { wallMs, flowMs: (JSON.parse(lastLine) as { flowMs: number }).flowMs };
}

function toTasks({ lastLine }: ProgramEnd): Tasks {
  return JSON.parse(lastLine) as Tasks;
}
