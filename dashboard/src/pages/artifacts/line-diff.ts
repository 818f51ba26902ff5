/** What has changed between two texts, line by line: the longest common lines stay, and everything else came or went. */

export type DiffLine =
  | { readonly kind: "same" | "gone" | "new"; readonly text: string }
  /** Lines that are the same and far from any change. */
  | { readonly kind: "skipped"; readonly count: number };

/** Cells of the table that is filled to find what is common: beyond it, what differs is told as a whole. */
const maxCells = 4_000_000;
/** Lines around a change. */
const around = 3;

export function diffLines(before: string, after: string): readonly DiffLine[] {
  const a = before.split("\n");
  const b = after.split("\n");
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const same = (text: string): DiffLine => ({ kind: "same", text });
  return fold([
    ...a.slice(0, start).map(same),
    ...diffMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(same),
  ]);
}

function diffMiddle(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  const width = b.length + 1;
  if (a.length === 0 || b.length === 0 || (a.length + 1) * width > maxCells) {
    return [
      ...a.map((text) => ({ kind: "gone", text }) as const),
      ...b.map((text) => ({ kind: "new", text }) as const),
    ];
  }
  // How many lines are common from here on.
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const gone = a[i];
    const come = b[j];
    if (gone !== undefined && gone === come) {
      lines.push({ kind: "same", text: gone });
      i++;
      j++;
    } else if (gone !== undefined && (come === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: "gone", text: gone });
      i++;
    } else {
      lines.push({ kind: "new", text: come ?? "" });
      j++;
    }
  }
  return lines;
}

/** Without what is far from any change. */
function fold(lines: readonly DiffLine[]): readonly DiffLine[] {
  const isNear = new Uint8Array(lines.length);
  for (const [index, { kind }] of lines.entries()) {
    if (kind !== "same") isNear.fill(1, Math.max(0, index - around), Math.min(lines.length, index + around + 1));
  }
  const folded: DiffLine[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined) break;
    if (isNear[index] === 1) {
      folded.push(line);
      continue;
    }
    let count = 1;
    while (index + 1 < lines.length && isNear[index + 1] === 0) {
      count++;
      index++;
    }
    folded.push({ kind: "skipped", count });
  }
  return folded;
}
