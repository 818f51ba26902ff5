import { join } from "node:path";
import type { Page } from "playwright-core";
import { type SeedName, seededRuns } from "../seeds/seeds.ts";

/** Where the pictures are kept. */
export const pictureFolder = join(import.meta.dirname, "../../../docs/dashboard");

export const themes = ["light", "dark"] as const;

export interface Shot {
  /** Of the file, before `-light.png`. */
  readonly name: string;
  readonly path: string;
  /** Default: small. */
  readonly seed?: SeedName;
  /** Default: 1440. */
  readonly width?: number;
  /** What is done in the page first. */
  readonly before?: (page: Page) => Promise<void>;
  /** Who has signed in to a server with access control; null: nobody. Without it the server has none. */
  readonly as?: string | null;
}

export const seedOf = ({ seed = "small" }: Shot): SeedName => seed;

const run = (id: string, tab: string): string => `runs/flow-run/${id}?tab=${tab}`;
const page = (path: string): Shot => ({ name: path, path });

async function openPalette(shown: Page): Promise<void> {
  await shown.keyboard.press("Control+k");
  await shown.getByRole("dialog", { name: "Search or go to" }).waitFor();
  await shown.keyboard.type("heron");
  await shown.getByRole("option", { name: /golden-heron/, selected: true }).waitFor();
}

export const shots: readonly Shot[] = [
  { name: "overview", path: "" },
  page("runs"),
  { name: "runs-many", path: "runs", seed: "many-runs" },
  { name: "runs-phone", path: "runs", width: 390 },
  { name: "palette", path: "runs", before: openPalette },
  ...["timeline", "graph", "logs", "tasks", "artifacts", "history", "details"].map((tab) => ({
    name: `run-${tab}`,
    path: run(seededRuns.golden, tab),
  })),
  { name: "run-failed", path: run(seededRuns.failed, "timeline") },
  { name: "run-big", path: run(seededRuns.big, "timeline"), seed: "big-run" },
  { name: "run-phone", path: run(seededRuns.failed, "timeline"), width: 390 },
  page("failures"),
  page("inbox"),
  page("flows"),
  page("deployments"),
  page("calendar"),
  page("automations"),
  page("events"),
  page("artifacts"),
  page("work-pools"),
  page("limits"),
  page("blocks"),
  page("variables"),
  page("secrets"),
  page("settings"),
  { name: "sign-in", path: "", as: null },
  ...["account", "accounts", "audit"].map((tab) => ({
    name: `settings-${tab}`,
    path: `settings?tab=${tab}`,
    as: "ada",
  })),
];
