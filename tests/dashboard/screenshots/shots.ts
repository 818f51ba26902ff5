import { join } from "node:path";
import type { Page } from "playwright-core";
import { uuidFromHash } from "../../../packages/millrace/src/kit/ids.ts";
import { runIdOf, taskIdOf } from "../seeds/run-spec.ts";
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
  /** It shows ids that are new with each ledger, so that it is not compared. */
  readonly hasNewIds?: true;
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

/** What has another id each time is gone to as people do: from the list of all, and on. */
const follow =
  (...links: readonly string[]) =>
  async (shown: Page): Promise<void> => {
    for (const name of links) await shown.getByRole("main").getByRole("link", { name, exact: true }).first().click();
  };

async function openScheduleEditor(shown: Page): Promise<void> {
  await follow("daily-sales/production", "Schedules")(shown);
  await shown.getByRole("button", { name: "Edit", exact: true }).first().click();
  await shown.getByRole("dialog", { name: "Edit the schedule" }).getByRole("listitem").first().waitFor();
}

async function openRunForm(shown: Page): Promise<void> {
  await follow("daily-sales/production")(shown);
  await shown.getByRole("button", { name: "Run with parameters" }).click();
  await shown.getByRole("heading", { level: 1, name: /Run / }).waitFor();
}

/** It is made once, for all pictures of the server. */
async function openWorkspace(shown: Page): Promise<void> {
  const row = shown.getByRole("table", { name: "Workspaces" }).getByText("forecasts", { exact: true });
  const create = shown.getByRole("button", { name: "Create a workspace" });
  await create.waitFor();
  if ((await row.count()) === 0) {
    await create.click();
    const dialog = shown.getByRole("dialog", { name: "Create a workspace" });
    await dialog.getByLabel("Name").fill("forecasts");
    await dialog.getByLabel("What it is for").fill("Demand, by shop and day");
    await dialog.getByRole("button", { name: "Create the workspace" }).click();
    await shown.getByText("The workspace forecasts is created").waitFor({ state: "detached" });
  }
  await row.click();
  await shown.getByRole("complementary", { name: "forecasts" }).waitFor();
}

const choose =
  (name: string) =>
  async (shown: Page): Promise<void> => {
    await shown.getByRole("row").getByText(name, { exact: true }).click();
    await shown.getByRole("complementary", { name }).waitFor();
  };

const telephone = 390;

export const shots: readonly Shot[] = [
  { name: "overview", path: "" },
  { name: "overview-empty", path: "", seed: "empty" },
  { name: "overview-phone", path: "", width: telephone },
  page("runs"),
  { name: "runs-many", path: "runs", seed: "many-runs" },
  { name: "runs-phone", path: "runs", width: telephone },
  { name: "palette", path: "runs", before: openPalette },
  ...["timeline", "graph", "logs", "tasks", "artifacts", "history", "details"].map((tab) => ({
    name: `run-${tab}`,
    path: run(seededRuns.golden, tab),
  })),
  { name: "run-failed", path: run(seededRuns.failed, "timeline") },
  { name: "run-big", path: run(seededRuns.big, "timeline"), seed: "big-run" },
  { name: "run-phone", path: run(seededRuns.failed, "timeline"), width: telephone },
  { name: "run-logs-phone", path: run(seededRuns.golden, "logs"), width: telephone },
  { name: "task-run", path: `runs/task-run/${taskIdOf(seededRuns.failed, "evaluate")}` },
  {
    name: "task-run-phone",
    path: `runs/task-run/${taskIdOf(seededRuns.failed, "evaluate")}`,
    width: telephone,
  },
  { name: "compare", path: `compare?runs=${seededRuns.golden},${runIdOf("daily-sales", "amber-heron-2")}` },
  page("failures"),
  page("inbox"),
  { name: "inbox-item", path: `inbox?item=${seededRuns.asks}` },
  page("flows"),
  { name: "flow-trends", path: "flows", before: follow("daily-sales", "Trends") },
  { name: "flow-tasks", path: "flows", before: follow("daily-sales", "Tasks over runs") },
  page("deployments"),
  { name: "deployments-phone", path: "deployments", width: telephone },
  { name: "deployment", path: "deployments", before: follow("daily-sales/production") },
  {
    name: "deployment-versions",
    path: "deployments",
    before: follow("daily-sales/production", "Versions"),
    hasNewIds: true,
  },
  { name: "schedule-editor", path: "deployments", before: openScheduleEditor },
  { name: "run-form", path: "deployments", before: openRunForm },
  page("calendar"),
  { name: "calendar-year", path: "calendar?view=year" },
  page("automations"),
  { name: "automation", path: `automations/automation/${uuidFromHash("automation tell")}` },
  { name: "automation-new", path: "automations/new" },
  page("events"),
  page("webhooks"),
  page("artifacts"),
  { name: "artifact-key", path: "artifacts/key/sales-chart" },
  page("work-pools"),
  { name: "work-pool", path: "work-pools/work-pool/local" },
  page("limits"),
  { name: "limit", path: "limits", before: choose("database"), hasNewIds: true },
  page("blocks"),
  { name: "block", path: `blocks/block/${uuidFromHash("block postgres/warehouse")}` },
  page("variables"),
  page("secrets"),
  page("settings"),
  { name: "sign-in", path: "", as: null },
  ...["account", "accounts", "audit"].map((tab) => ({
    name: `settings-${tab}`,
    path: `settings?tab=${tab}`,
    as: "ada",
  })),
  { name: "settings-workspaces", path: "settings?tab=workspaces", as: "ada", before: openWorkspace },
];
