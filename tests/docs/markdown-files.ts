/** The Markdown files of the repository, and what is fenced in them. */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

export interface Fence {
  /** `ts`, `sh`, `text` …; empty where none is said. */
  readonly language: string;
  readonly content: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

export interface MarkdownFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** In their order. */
  readonly fences: readonly Fence[];
}

/** Those that Git knows, or would. */
export function readMarkdownFiles(): readonly MarkdownFile[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "--", "*.md"];
  const paths = execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\n");
  return paths.filter((path) => path !== "" && existsSync(join(root, path))).map(readMarkdownFile);
}

/** @param path relative to the repository */
export function readMarkdownFile(path: string): MarkdownFile {
  const text = readFileSync(join(root, path), "utf8");
  const fences = Array.from(text.matchAll(fenceForm), ({ groups, index }) => ({
    language: groups?.language ?? "",
    content: groups?.content ?? "",
    line: text.slice(0, index).split("\n").length + 1,
  }));
  return { path, text, fences };
}

const fenceForm = /^(?<mark>`{3,}) *(?<language>[^\s`]*)[^\n]*\n(?<content>.*?)^\k<mark> *$/gms;

/** The text without what is fenced. */
export function proseOf({ text }: MarkdownFile): string {
  return text.replaceAll(fenceForm, "");
}
