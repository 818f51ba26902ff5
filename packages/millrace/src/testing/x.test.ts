import { spawn } from "node:child_process";
import { test } from "vitest";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "./create-test-ledger.ts";
test("x", async () => {
  const child = spawn(process.execPath, ["/tmp/server.mjs"]);
  const port = await new Promise<string>((resolve) => child.stdout.on("data", (d) => resolve(String(d).trim())));
  await using ledger = await createTestLedger();
  const get = task({ name: "get", timeout: "1h" }, async () => (await fetch(`http://127.0.0.1:${port}/`)).text());
  const { value, error } = await ledger.run(flow(async () => get()));
  console.log(value, error);
  child.kill();
});
