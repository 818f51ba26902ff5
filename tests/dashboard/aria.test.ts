/**
 * What a page is to who hears it: its regions, names and states, kept as texts in aria/. After a change that is meant,
 * `npm test -- --project dashboard tests/dashboard/aria.test.ts -u` writes them again.
 */

import { join } from "node:path";
import { expect, test } from "vitest";
import { describeInBrowser, useStillPlace } from "./harness/in-browser.ts";
import { stillNow } from "./harness/still-server.ts";
import { visit } from "./harness/visit.ts";
import { pages, readRouterPaths } from "./pages.ts";

const toFile = (name: string): string => join(import.meta.dirname, "aria", `${name}.txt`);

describeInBrowser("what is read out", (browser) => {
  const place = useStillPlace("small");

  test("the bar above every page and the places beside it are named", () =>
    visit(browser(), place.url, { path: "", now: stillNow }, async ({ page }) => {
      const parts = [page.getByRole("banner"), page.getByRole("navigation", { name: "Places" })];
      const texts = await Promise.all(parts.map((part) => part.ariaSnapshot()));
      await expect(`${texts.join("\n")}\n`).toMatchFileSnapshot(toFile("shell"));
    }));

  test.each(readRouterPaths())("%s reads as it did", async (path) => {
    const named = new Map(
      ((await pages[path]?.(place.api)) ?? []).map((address) => [toName(address), address] as const),
    );
    const [first] = named.values();
    if (first === undefined) return;
    await visit(browser(), place.url, { path: first, now: stillNow }, async ({ page, open }) => {
      for (const [name, address] of named) {
        if (address !== first) await open(address);
        const text = await page.getByRole("main").ariaSnapshot();
        await expect(shorten(text)).toMatchFileSnapshot(toFile(name));
      }
    });
  });
});

const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g;

/** `runs/flow-run/0a4c…?tab=logs` is `runs-flow-run-logs`: one is read for all that only differ by what is in them. */
function toName(address: string): string {
  const words = address
    .replaceAll(uuid, "")
    .replace(/^r\/.*/, "short-link")
    .replace(/^(artifacts\/key|work-pools\/work-pool)\/.*/, "$1")
    .replaceAll(/%[\dA-F]{2}|\b(tab|q|since|state|runs)=/g, "");
  const name = words.replaceAll(/[^\w-]+/g, "-").replaceAll(/^-+|-+$/g, "");
  return name === "" ? "overview" : name;
}

/** There may be many of those: three are enough to see what one is, and of rows one with its cells. */
const manyOf = /^ *- '?(row|listitem|option|treeitem)\b/;
const shownOf = 3;

/** An id as pages show it: its start. */
const shortId = /\b[\da-f]{8}-[\da-f]{4}\b/g;
const address = /http:\/\/127\.0\.0\.1:\d+/g;

/** Ids and addresses are masked, and of rows and entries the first ones are kept. */
function shorten(snapshot: string): string {
  const kept: string[] = [];
  /** How many there were in the same list, by how deep it is. */
  const counts = new Map<number, number>();
  let leftOutBelow: number | null = null;
  for (const line of snapshot.split("\n")) {
    const depth = line.search(/\S/);
    if (leftOutBelow !== null && depth > leftOutBelow) continue;
    leftOutBelow = null;
    for (const known of counts.keys()) if (known > depth) counts.delete(known);
    const [, role] = manyOf.exec(line) ?? [];
    if (role === undefined) {
      counts.delete(depth);
      kept.push(line);
      continue;
    }
    const count = (counts.get(depth) ?? 0) + 1;
    counts.set(depth, count);
    if (count <= shownOf) kept.push(line);
    else if (count === shownOf + 1) kept.push(`${" ".repeat(depth)}# and more`);
    if (count > shownOf || (role === "row" && count > 1)) leftOutBelow = depth;
  }
  return `${kept.join("\n").replaceAll(uuid, "ID").replaceAll(shortId, "ID").replaceAll(address, "ADDRESS")}\n`;
}
