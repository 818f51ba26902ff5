import { readFile } from "node:fs/promises";

export type Row = Readonly<Record<string, string>>;

/** Reads a CSV file with a heading and no quotes. */
export async function readCsv(path: string): Promise<Row[]> {
  const [heading = "", ...lines] = (await readFile(path, "utf8")).trim().split("\n");
  const names = heading.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ""]));
  });
}
