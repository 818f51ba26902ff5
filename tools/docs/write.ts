// Writes the regions of docs/*.md that are made from the code: node tools/docs/write.ts [page.md …]
// With --check it writes nothing, and exits with 1 when a page is not as it should be.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { docsFolder, listPages, makePage, readPage } from "./pages.ts";

const words = process.argv.slice(2);
const isCheck = words.includes("--check");
const wanted = words.filter((word) => word !== "--check");

for (const name of wanted.length === 0 ? listPages() : wanted) {
  const made = await makePage(name);
  if (made === readPage(name)) continue;
  process.stdout.write(isCheck ? `docs/${name} is out of date: node tools/docs/write.ts\n` : `Wrote docs/${name}\n`);
  if (isCheck) process.exitCode = 1;
  else writeFileSync(join(docsFolder, name), made);
}
