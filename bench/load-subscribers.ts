import { fileURLToPath } from "node:url";
import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { type LedgerPlace, onBothLedgers } from "./kit/ledgers.ts";
import { measureProgram } from "./kit/program.ts";
import { phaseFigures, startWatchedServer } from "./kit/watched-server.ts";
import type { Delivery, SubscribersPlan } from "./programs/load/subscribers.ts";

const program = fileURLToPath(new URL("./programs/load/subscribers.ts", import.meta.url));

const full: SubscribersPlan = {
  subscribers: 10_000,
  topics: 1000,
  perSecond: 100,
  seconds: 120,
  payloadBytes: 4096,
  slow: 0.05,
  neverRead: 0.01,
  followedBySlow: 100,
};
const quick: SubscribersPlan = {
  ...full,
  subscribers: 300,
  topics: 30,
  seconds: 10,
  payloadBytes: 32_768,
  followedBySlow: 30,
};

/** No peer is beside it, as its bounds are times and sizes. */
export const loadSubscribers: Benchmark = {
  name: "load-subscribers",
  what: `${full.subscribers} streams of events of ${full.topics} topics, some slow and some never read, ${full.perSecond} events a second`,
  run: ({ isQuick, say }) =>
    onBothLedgers(async (place) => {
      const plan = isQuick ? quick : full;
      say(`${plan.subscribers} streams on ${place.name}`);
      return measure(place, plan);
    }),
};

async function measure({ name, ...place }: LedgerPlace, plan: SubscribersPlan): Promise<Figure[]> {
  const env = { MILLRACE_MAX_STREAMS: String(Math.ceil(plan.subscribers * 1.4)) };
  await using server = await startWatchedServer({ ...place, env });
  const limitMs = (plan.seconds + 180) * 1000;
  const delivery = await measureProgram<Delivery>({
    args: [program, server.url, JSON.stringify(plan)],
    limitMs,
    // What it costs to let them all in is told apart from what it costs to have them.
    onLine: (line) => (line === "open" || line === "over" ? server.nextPhase() : undefined),
  });
  const [, lasting] = await server.stop();
  return [
    ...deliveryFigures(name, delivery),
    ...phaseFigures(name, lasting, bounds),
    ...slowFigures(name, delivery, lasting?.unsentKb ?? Number.NaN),
  ];
}

const bounds = { delayP99Ms: 60, delayMaxMs: 250, peakMb: 500 };

function deliveryFigures(name: string, delivery: Delivery): Figure[] {
  const { expected, unanswered, delivered, medianMs, p99Ms, maxMs, openingMs, healthyCut } = delivery;
  const from = `${name}: from an event's recording to who reads`;
  return [
    { label: `${name}: until all streams were open`, samples: [openingMs], unit: "ms" },
    { label: `${name}: events delivered`, samples: [delivered], unit: "", bound: { atLeast: expected } },
    {
      label: `${name}: events whose recording was not answered`,
      samples: [unanswered],
      unit: "",
      bound: { atMost: 0 },
    },
    { label: `${from}, median`, samples: [medianMs], unit: "ms" },
    { label: `${from}, 99 of 100`, samples: [p99Ms], unit: "ms", bound: { atMost: 2000 } },
    { label: `${from}, the last`, samples: [maxMs], unit: "ms" },
    { label: `${name}: streams cut that were read`, samples: [healthyCut], unit: "", bound: { atMost: 0 } },
  ];
}

function slowFigures(name: string, { cut, neverReading, slowCut }: Delivery, unsentKb: number): Figure[] {
  return [
    {
      label: `${name}: the most that waited for one client`,
      samples: [unsentKb / 1024],
      unit: "MB",
      bound: { atMost: 1 },
    },
    { label: `${name}: streams cut that were never read`, samples: [cut], unit: "", bound: { atLeast: neverReading } },
    { label: `${name}: streams cut that were read slowly`, samples: [slowCut], unit: "" },
  ];
}
