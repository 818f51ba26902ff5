/**
 * The blocks of TypeScript that readers are told to write into files: their first line is a comment with the file's name.
 * A fence of `text` that follows is what the file prints.
 */

import type { MarkdownFile } from "./markdown-files.ts";

export interface CodeBlock {
  readonly page: string;
  readonly line: number;
  readonly file: string;
  readonly code: string;
  /** What it prints on the standard output; null where the page does not show it. */
  readonly printed: string | null;
}

/** The blocks of a page, and the lines of those that have no file name. */
export function codeBlocksOf({ path, fences }: MarkdownFile): {
  readonly blocks: readonly CodeBlock[];
  readonly nameless: readonly string[];
} {
  const blocks: CodeBlock[] = [];
  const nameless: string[] = [];
  for (const [index, { language, content, line }] of fences.entries()) {
    if (language !== "ts") continue;
    const [, file] = /^\/\/ ([\w./-]+\.ts)\n/.exec(content) ?? [];
    const next = fences[index + 1];
    if (file === undefined) nameless.push(`${path}:${line}`);
    else
      blocks.push({ page: path, line, file, code: content, printed: next?.language === "text" ? next.content : null });
  }
  return { blocks, nameless };
}
