/**
 * Artifacts: what a run leaves for people to look at. Markdown, tables, links, charts, and a progress that moves while
 * the task works. A key makes a series of versions.
 *
 *   node examples/artifacts.ts
 *   npm run millrace -- artifact ls
 */

import { setTimeout as sleep } from "node:timers/promises";
import { artifact, flow, task } from "millrace";

const countWords = task({ name: "count-words" }, async (pages: readonly string[]) => {
  const progress = await artifact.progress({ key: "words-progress", description: "Reading" });
  const counts: Record<string, number> = {};
  for (const [at, page] of pages.entries()) {
    for (const word of page.split(" ")) counts[word] = (counts[word] ?? 0) + 1;
    await sleep(20);
    await progress.update((at + 1) / pages.length);
  }
  return Object.entries(counts).map(([word, count]) => ({ word, count }));
});

const report = task({ name: "report" }, async (rows: readonly { word: string; count: number }[]) => {
  const top = rows.reduce((most, row) => (row.count > most.count ? row : most));
  await artifact.markdown(`# Words\n\nThe most common word is **${top.word}**.`, { key: "words-report" });
  await artifact.table(rows, { key: "words-table" });
  await artifact.link("https://en.wikipedia.org/wiki/Mill_race", { key: "words-source" });
  await artifact.chart(
    {
      data: { values: rows },
      mark: "bar",
      encoding: { x: { field: "word", type: "nominal" }, y: { field: "count", type: "quantitative" } },
    },
    { key: "words-chart" },
  );
  return top.word;
});

export const words = flow({ name: "words" }, async () => {
  const pages = ["the mill race turns the wheel", "the wheel turns the mill", "the mill grinds the grain"];
  return await report(await countWords(pages));
});

if (import.meta.main) console.log(await words());
