/** The files of a project that runs at once. */

export interface ProjectFile {
  /** Relative to the project's folder. */
  readonly path: string;
  readonly content: string;
}

export function createProjectFiles(options: {
  readonly name: string;
  readonly version: string;
}): readonly ProjectFile[] {
  return [
    { path: "package.json", content: packageJson(options) },
    { path: "tsconfig.json", content: tsconfig },
    { path: ".gitignore", content: gitignore },
    { path: "report.ts", content: flowFile },
    { path: "report.test.ts", content: testFile },
  ];
}

function packageJson({ name, version }: { readonly name: string; readonly version: string }): string {
  const content = {
    name,
    private: true,
    type: "module",
    engines: { node: ">=24" },
    scripts: { start: "node report.ts", test: "node --test", check: "tsc" },
    dependencies: { millrace: `^${version}` },
    devDependencies: { "@types/node": "^24.0.0", typescript: ">=5.8" },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

// Node takes the types away and does no more: TypeScript is told to accept only what works so.
const tsconfig = `${JSON.stringify(
  {
    compilerOptions: {
      target: "esnext",
      lib: ["esnext"],
      types: ["node"],
      module: "nodenext",
      strict: true,
      noEmit: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
    },
    include: ["*.ts"],
  },
  null,
  2,
)}
`;

const gitignore = `node_modules/
.millrace/
.env
`;

const flowFile = `/**
 * Orders of three regions, fetched at once and summed up.
 *
 *   node report.ts                                      run it
 *   npx millrace run report.ts --param day=2026-11-22   run it with a parameter
 *   npx millrace flow-run explain latest                why each task ran, or did not
 */

import { flow, inputs, logger, task } from "millrace";

export interface Order {
  readonly region: string;
  readonly amount: number;
}

/** Asks a source that may fail: each call is tried up to four times. This one makes its orders up. */
export const fetchOrders = task(
  { name: "fetch-orders", runName: "orders of {region}", retries: 3, retryDelay: ["1s", "5s", "30s"] },
  async (region: string, day: string): Promise<readonly Order[]> => {
    const date = Number(day.slice(-2));
    return Array.from({ length: 3 }, (_, index) => ({ region, amount: region.length * date + index }));
  },
);

/** Kept for an hour: the same orders are not summed up twice, in this run or another. */
export const sumUp = task({ name: "sum-up", cache: inputs(), expiresIn: "1h" }, (orders: readonly Order[]) =>
  orders.reduce((sum, order) => sum + order.amount, 0),
);

export const report = flow({ name: "report" }, async ({ day = "2026-11-22" }: { day?: string }) => {
  const regions = ["north", "south", "overseas"];
  const totals = await Promise.all(regions.map(async (region) => sumUp(await fetchOrders(region, day))));
  const best = Math.max(...totals);
  logger().info(\`The best region of \${day} is \${regions[totals.indexOf(best)]}\`);
  return { day, best, all: totals.reduce((sum, total) => sum + total, 0) };
});

if (import.meta.main) console.log(await report({}));
`;

const testFile = `import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchOrders, sumUp } from "./report.ts";

// \`.fn\` is the bare function of a task: nothing is recorded, retried or cached.
test("orders are summed up", () => {
  assert.equal(sumUp.fn([{ region: "north", amount: 2 }, { region: "north", amount: 3 }]), 5);
});

test("each region has orders", async () => {
  const orders = await fetchOrders.fn("north", "2026-11-22");
  assert.equal(orders.length, 3);
});
`;
