/** A storage for results that are not inline: no flow of a world has such. */

import type { ResultStorage } from "../../../packages/millrace/src/contract/results.ts";

const refuse = (): never => {
  throw new Error("results are inline here");
};

export const heldInMemory: ResultStorage = {
  name: "memory",
  write: async () => refuse(),
  read: async () => refuse(),
  stream: () => refuse(),
  exists: async () => false,
  delete: async () => undefined,
};
