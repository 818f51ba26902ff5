/** What is to come of flows or deployments, and what should have begun by now. */

import { Link } from "@tanstack/react-router";
import type { Condition } from "millrace/client";
import { api } from "../api/api.ts";
import { readNow } from "../format/now.ts";
import { toCount } from "../format/number.ts";
import { Ago } from "../ui/when.tsx";

export interface Due {
  /** When the next one is due that is not late. */
  readonly nextAt: number | null;
  readonly lateCount: number;
}

/** Of all that are asked for together. */
const dueLimit = 200;
const isLate: Condition = { field: "stateName", in: ["Late"] };

export async function readDue(
  field: "flowName" | "deploymentId",
  values: readonly string[],
): Promise<(value: string) => Due> {
  const ofThese: Condition = { field, in: values };
  // What was due a moment ago is about to begin: the server says when something is late.
  const toCome: Condition = { field: "dueAt", atLeast: readNow() };
  const [due, late] = await Promise.all([
    api.listFlowRunRows({ where: { all: [ofThese, toCome] }, stateTypes: ["SCHEDULED"] }, "due-asc", {
      limit: dueLimit,
    }),
    api.countBy("flow-run", field, { all: [ofThese, isLate] }),
  ]);
  const next = Map.groupBy(due.items, (run) => run[field]);
  const lates = new Map(late.map(({ value, count }) => [value, count]));
  return (value) => ({ nextAt: next.get(value)?.[0]?.dueAt ?? null, lateCount: lates.get(value) ?? 0 });
}

/** Those that are late first: they need somebody. */
export function NextRun(props: {
  readonly due: Due;
  readonly of: { readonly flow: string } | { readonly deployment: string };
}) {
  const { due, of } = props;
  if (due.lateCount === 0) return <Ago at={due.nextAt} className="text-muted" />;
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Link
        to="/runs"
        search={{ ...of, state: ["attention"] }}
        className="shrink-0 font-medium text-state-attention hover:underline"
        title="They should have begun by now"
      >
        {toCount(due.lateCount)} late
      </Link>
      {due.nextAt === null ? null : <Ago at={due.nextAt} className="truncate text-muted" />}
    </span>
  );
}
