import { isBuiltin } from "node:module";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";

test("the client bundles for a browser: it imports nothing of Node, and no schemas", async () => {
  const bundle = await rolldown({
    input: fileURLToPath(new URL("../exports/client.ts", import.meta.url)),
    platform: "browser",
    external: isBuiltin,
  });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  const chunks = output.filter((file) => file.type === "chunk");
  const modules = chunks.flatMap((chunk) => chunk.moduleIds);
  expect(modules.filter((module) => module.includes("node_modules"))).toEqual([]);
  expect(modules.some((module) => module.endsWith("client/create-client.ts"))).toBe(true);
  expect(chunks.flatMap((chunk) => chunk.imports)).toEqual([]);
});
