/** A flow's function begins when the ledger has the run, so that a process that dies in it leaves it, however busy it was. */

import { rootOf } from "../rows.ts";
import { type Invariant, short } from "./evidence.ts";

export const begunRuns: Invariant = ({ generations, effects }) => {
  const unseen = generations.flatMap(({ rows }, generation) =>
    rootOf(rows) === undefined && effects.some((effect) => effect.generation === generation)
      ? [`begun runs: process ${generation} began the flow, and left no run in the ledger`]
      : [],
  );
  const begun = new Set(effects.flatMap(({ phase, runId }) => (phase === "begin" ? [runId] : [])));
  const again = begun.size > 1 ? [`begun runs: the flow was begun as ${[...begun].map(short).join(" and as ")}`] : [];
  return [...unseen, ...again];
};
