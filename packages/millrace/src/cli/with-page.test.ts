import { expect, test } from "vitest";
import { createCommandLine } from "./in-process.testsuite.ts";

const ledger = createCommandLine();

test.each([
  ["work-queue", "local/default"],
  ["artifact", "report"],
])("%s inspect --web asks for a server where none has the ledger", async (noun, name) => {
  await ledger.seed(async (api) => {
    const { items } = await api.listObjects("work-pool", {}, { limit: 1 });
    if (items.length === 0) await api.createWorkPool({ name: "local", type: "process", paused: false });
  });
  const ended = await ledger.run(noun, "inspect", name, "--web");
  expect(ended.code).toBe(noun === "artifact" ? 3 : 2);
  expect(ended.stderr).toContain(noun === "artifact" ? "no artifact" : "Pages are shown by a server");
});
