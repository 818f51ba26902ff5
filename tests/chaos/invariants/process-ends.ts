/** I12: a process that was not killed ends well, says nothing on stderr, and leaves no process behind. */

import { rootOf } from "../rows.ts";
import type { Invariant } from "./evidence.ts";

export const processEnds: Invariant = ({ generations, mayEndAs }) =>
  generations.flatMap(({ end, rows }, generation) => {
    if (end.isHung) return [`process ${generation} did not end: ${end.stderr}`];
    const root = rootOf(rows);
    if (end.signal === "SIGKILL" || (root !== undefined && mayEndAs.includes(root.stateType))) return [];
    const how = end.signal ?? `code ${end.code}`;
    return [
      ...(end.code === 0 ? [] : [`process ${generation} ended with ${how}: ${end.stderr}`]),
      ...(end.code === 0 && end.stderr !== "" ? [`I12: process ${generation} complains: ${end.stderr}`] : []),
    ];
  });
