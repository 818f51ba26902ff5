import { type SeedName, seededRuns } from "../seeds/seeds.ts";

export interface Shot {
  /** Of the file, before `-light.png`. */
  readonly name: string;
  /** The path of the router that it shows; without it there is nothing to show. */
  readonly route: string;
  readonly path: string;
  /** Default: small. */
  readonly seed?: SeedName;
}

const run = (id: string, tab: string): string => `runs/flow-run/${id}?tab=${tab}`;
const page = (route: string): Shot => ({ name: route.slice(1), route, path: route.slice(1) });

export const shots: readonly Shot[] = [
  { name: "overview", route: "/", path: "" },
  page("/runs"),
  { name: "runs-many", route: "/runs", path: "runs", seed: "many-runs" },
  ...["timeline", "graph", "logs", "tasks", "artifacts", "history", "details"].map((tab) => ({
    name: `run-${tab}`,
    route: "/runs/flow-run/$id",
    path: run(seededRuns.golden, tab),
  })),
  { name: "run-failed", route: "/runs/flow-run/$id", path: run(seededRuns.failed, "timeline") },
  { name: "run-big", route: "/runs/flow-run/$id", path: run(seededRuns.big, "timeline"), seed: "big-run" },
  page("/failures"),
  page("/inbox"),
  page("/flows"),
  page("/deployments"),
  page("/calendar"),
  page("/automations"),
  page("/events"),
  page("/artifacts"),
  page("/work-pools"),
  page("/limits"),
  page("/blocks"),
  page("/variables"),
  page("/secrets"),
  page("/settings"),
];
