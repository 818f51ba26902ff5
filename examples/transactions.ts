/**
 * Transactions: either all of it happened, or none. When a later task fails, what the earlier ones did is undone by
 * their `onRollback`, newest first.
 *
 *   node examples/transactions.ts
 */

import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flow, task, transaction } from "millrace";

const writeTable = task(
  {
    name: "write-table",
    onRollback: async ({ result: file }) => {
      if (file !== undefined) await rm(file);
      console.log("rolled back: the table is gone again");
    },
    onCommit: () => console.log("committed"),
  },
  async (folder: string, rows: readonly number[]) => {
    const file = join(folder, "table.json");
    await writeFile(file, JSON.stringify(rows));
    return file;
  },
);

const checkTable = task({ name: "check-table" }, async (file: string) => {
  const rows: number[] = JSON.parse(await readFile(file, "utf8"));
  if (rows.some((row) => row < 0)) throw new Error("a row is negative");
  return rows.length;
});

export const publish = flow({ name: "publish" }, async ({ folder, rows }: { folder: string; rows: number[] }) =>
  transaction(async () => {
    const file = await writeTable(folder, rows);
    return await checkTable(file);
  }),
);

if (import.meta.main) {
  const folder = await mkdtemp(join(tmpdir(), "millrace-transactions-"));
  const isThere = () => existsSync(join(folder, "table.json"));

  await publish({ folder, rows: [3, -1] }).catch((error: Error) => console.log(`failed: ${error.message}`));
  console.log("the table is there:", isThere());

  await publish({ folder, rows: [3, 1] });
  console.log("the table is there:", isThere());
  await rm(folder, { recursive: true });
}
