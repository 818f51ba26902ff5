/** What the graph of a run shows, as it stands in the address. */

import { textOf } from "../../../app/search-words.ts";
import type { GraphModel } from "./graph-model.ts";

export interface GraphSearch {
  /** The task that is chosen: its name, and which of them where several have it, as `load` or `load#2`. */
  readonly node?: string;
  /** In the names of the tasks that are listed. */
  readonly find?: string;
  /** Also those that others say. */
  readonly arrows?: "all";
}

export function readGraphSearch(given: Readonly<Record<string, unknown>>): GraphSearch {
  return { ...textOf(given, "node"), ...textOf(given, "find"), ...(given.arrows === "all" ? { arrows: "all" } : {}) };
}

type Names = Pick<GraphModel, "nodes">;

export function toNodeKey({ nodes }: Names, index: number): string {
  const { name } = nodes[index] ?? { name: "" };
  const before = nodes.slice(0, index).filter((node) => node.name === name).length;
  return before === 0 ? name : `${name}#${before + 1}`;
}

/** Null for one that is not there. */
export function findNode({ nodes }: Names, key: string): number | null {
  const whole = nodes.findIndex(({ name }) => name === key);
  if (whole !== -1) return whole;
  const [, name, nth] = /^(.*)#(\d+)$/s.exec(key) ?? [];
  const found = nodes.filter((node) => node.name === name)[Number(nth) - 1];
  return found?.index ?? null;
}
