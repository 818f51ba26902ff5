import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./source-file.ts";

const sources = join(root, "dashboard/src");

/** Shown by another part, which loads it when it is needed. */
const within: Readonly<Record<string, string>> = { "markdown-body": "markdown" };
/** These ask the server for what they show. */
const without: readonly string[] = ["states/due"];

const namesOf = (folder: string): readonly string[] =>
  readdirSync(join(sources, folder)).filter((name) => name.endsWith(".tsx"));

test("every part of ui/ and states/ is shown in the gallery", () => {
  const shown = namesOf("gallery").map((name) => readFileSync(join(sources, "gallery", name), "utf8"));
  const parts = ["ui", "states"].flatMap((folder) => namesOf(folder).map((name) => `${folder}/${name.slice(0, -4)}`));
  expect(parts.length).toBeGreaterThan(20);
  const isShown = (part: string): boolean => {
    const [folder, name = ""] = part.split("/");
    return shown.some((text) => text.includes(`"../${folder}/${within[name] ?? name}.tsx"`));
  };
  expect(parts.filter((part) => !isShown(part))).toEqual(without);
});

test("the gallery is not built: nothing that is leads to it", () => {
  for (const file of ["index.html", "vite.config.ts", "src/main.tsx", "src/router.tsx"])
    expect(readFileSync(join(sources, "..", file), "utf8")).not.toContain("gallery");
});
