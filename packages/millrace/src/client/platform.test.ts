import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("the client bundles for a browser: it imports nothing of Node, and no schemas", async () => {
  const { metafile, outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../exports/client.ts", import.meta.url))],
    bundle: true,
    platform: "browser",
    format: "esm",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((input) => /node_modules|node:/.test(input))).toEqual([]);
  expect(inputs.some((input) => input.endsWith("client/create-client.ts"))).toBe(true);
  expect(outputFiles[0]?.text).not.toMatch(/from ?"node:/);
});
