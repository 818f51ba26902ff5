import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const options: RunOptions = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  // What is told of the rest, and frames that no script runs in, take half of the time.
  resultTypes: ["violations"],
  selectors: false,
  iframes: false,
};

/** What axe finds in the page by WCAG 2.2 AA and its own good practices: each with where and why. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const { violations } = (await page.evaluate(
    (options) => (globalThis as unknown as { axe: { run(...args: unknown[]): unknown } }).axe.run(document, options),
    options,
  )) as AxeResults;
  return violations.flatMap(({ id, help, nodes }) =>
    nodes
      .slice(0, 3)
      .map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary ?? ""}`),
  );
}
