import { join } from "node:path";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

// Tests and the processes they start take `millrace` from its sources, so that no build is needed.
const sourceCondition = "--conditions=millrace-source";

const shared: TestProjectInlineConfiguration["test"] = {
  pool: "forks",
  // Files are run by Node itself, types stripped, as a user's files are: one instance of each module, also for what a
  // test imports by URL.
  experimental: { viteModuleRunner: false, nodeLoader: false },
  execArgv: [sourceCondition],
  // The processes that tests start find what others have compiled: half of the time of a short one.
  env: { NODE_OPTIONS: sourceCondition, NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/compiled") },
  setupFiles: ["tools/vitest/home.ts"],
};

/**
 * Which projects run beside each other, and how many files at once. Most tests wait for processes, leases and clocks: with two
 * files a third of two processors is idle. Browsers are asked for counts of frames, and simulated worlds compute on all processors.
 */
const waiting = { maxWorkers: 3, sequence: { groupOrder: 0 } };
const looking = { maxWorkers: 2, sequence: { groupOrder: 1 } };
const computing = { maxWorkers: 1, sequence: { groupOrder: 2 } };

const minute = 60_000;

/**
 * On each change what every page must keep to, and the pages that most people are on. The others, and most of the ways of
 * people across pages, take as long again as all other tests, and are for the night.
 */
const dashboardTests =
  process.env.MILLRACE_DASHBOARD_FULL === "1"
    ? ["tests/dashboard/**/*.test.ts"]
    : [
        "tests/dashboard/{access,budgets,live,pages,palette,parts-of-pages,pictures,rebinding,shell,sign-in-by-provider,sub-path,timeline,timeline-parts,workspaces}.test.ts",
        "tests/dashboard/journeys/{first-run,failed-run}.test.ts",
      ];

/**
 * Of the engine's own tests those that ask most of its database: they run on PostgreSQL too with each change. At night all do,
 * in a run of the unit tests with MILLRACE_TEST_LEDGER=postgres.
 */
const engineOnPostgres =
  "packages/millrace/src/engine/{concurrency,ownership,resume,retry-run,signals,transaction-keys}.test.ts";

export default defineConfig({
  test: {
    passWithNoTests: true,
    globalSetup: ["tools/vitest/home.setup.ts", "tools/vitest/postgres.setup.ts"],
    projects: [
      {
        test: {
          ...shared,
          ...waiting,
          name: "unit",
          include: [
            "packages/*/src/**/*.test.ts",
            "dashboard/src/**/*.test.ts",
            "tools/**/*.test.ts",
            "tests/architecture/**/*.test.ts",
          ],
          testTimeout: 20_000,
          hookTimeout: 20_000,
          typecheck: {
            enabled: true,
            include: ["packages/*/src/**/*.test-d.ts"],
            tsconfig: "tsconfig.json",
            // Errors outside the type tests are told by `npm run check`.
            ignoreSourceErrors: true,
          },
        },
      },
      {
        test: {
          ...shared,
          ...waiting,
          name: "postgres",
          include: [engineOnPostgres],
          env: { ...shared.env, MILLRACE_TEST_LEDGER: "postgres" },
          setupFiles: ["tools/vitest/home.ts", "tools/vitest/needs-postgres.ts"],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        test: {
          ...shared,
          ...waiting,
          name: "e2e",
          include: ["tests/{e2e,docs,hostile,model}/**/*.test.ts", "examples/**/*.test.ts"],
          testTimeout: 2 * minute,
          hookTimeout: minute,
        },
      },
      {
        test: {
          ...shared,
          ...waiting,
          name: "package",
          include: ["tests/package/**/*.test.ts"],
          testTimeout: 5 * minute,
          hookTimeout: 5 * minute,
        },
      },
      {
        test: {
          ...shared,
          ...looking,
          name: "dashboard",
          include: dashboardTests,
          globalSetup: ["tools/vitest/dashboard.setup.ts"],
          // What is waited for comes when the machine gets to it.
          expect: { poll: { timeout: 20_000 } },
          testTimeout: 2 * minute,
          hookTimeout: 2 * minute,
        },
      },
      {
        test: {
          ...shared,
          ...waiting,
          name: "chaos",
          include: ["tests/chaos/**/*.test.ts"],
          testTimeout: 60 * minute,
          hookTimeout: 2 * minute,
        },
      },
      {
        test: {
          ...shared,
          ...computing,
          name: "simulation",
          include: ["tests/simulation/**/*.test.ts"],
          testTimeout: 20 * minute,
          hookTimeout: minute,
        },
      },
      {
        test: {
          ...shared,
          ...waiting,
          name: "compat",
          include: ["tests/compat/**/*.test.ts"],
          globalSetup: ["tests/compat/harness/prefect.setup.ts"],
          testTimeout: 10 * minute,
          hookTimeout: 10 * minute,
        },
      },
    ],
  },
});
