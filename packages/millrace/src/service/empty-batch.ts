import type { StoreBatch } from "../contract/store.ts";

/** A batch of nothing, for those who record one thing. */
export const emptyBatch: StoreBatch = {
  created: [],
  transitions: [],
  taskRuns: [],
  logs: [],
  artifacts: [],
  events: [],
};
