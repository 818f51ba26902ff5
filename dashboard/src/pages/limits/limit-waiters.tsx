import { Link } from "@tanstack/react-router";
import type { ConcurrencyLimit, Condition, State } from "millrace/client";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { Ago } from "../../ui/when.tsx";
import { kindOf, ownName } from "./limit-words.ts";

const maxShown = 50;

interface Waiter {
  readonly id: string;
  readonly kind: "flow-run" | "task-run";
  readonly name: string;
  readonly state: State;
  /** Why, in words; null where the state says it. */
  readonly why: string | null;
}

const waits: Condition = { field: "stateName", in: ["AwaitingConcurrencySlot"] };
/** Of so many runs it is asked what holds them. */
const maxAsked = 10;

async function readWaiters(limit: ConcurrencyLimit): Promise<readonly Waiter[]> {
  switch (kindOf(limit)) {
    case "tag": {
      const where = { all: [waits, { field: "tags", hasAny: [ownName(limit)] }] };
      const { items } = await api.listTaskRuns({ where }, { limit: maxShown });
      return items.map(({ id, name, state }) => ({ id, kind: "task-run", name, state, why: null }));
    }
    case "deployment": {
      const where = { all: [waits, { field: "deploymentId", in: [ownName(limit)] }] };
      const { items } = await api.listFlowRuns({ where }, "expected-asc", { limit: maxShown });
      const reports = await Promise.all(items.slice(0, maxAsked).map(({ id }) => api.whyWaiting(id)));
      return items.map(({ id, name, state }, index) => ({
        id,
        kind: "flow-run",
        name,
        state,
        why: reports[index]?.holds.map(({ reason }) => reason).join(" ") ?? null,
      }));
    }
    case "named":
      return [];
  }
}

/** What is held up by a limit. Code that waits in the middle of a body has no state that tells of it. */
export function Waiters({ limit }: { readonly limit: ConcurrencyLimit }) {
  const query = useLive({
    key: ["limit", limit.id, "waiters"],
    read: () => readWaiters(limit),
    concerns: ({ name }) => name.startsWith("millrace.flow-run.") || name.startsWith("millrace.task-run."),
  });
  return (
    <Panel title="Waiting">
      <Loaded query={query} rows={2}>
        {(waiters) =>
          waiters.length === 0 ? (
            <p className="p-3 text-muted">
              {kindOf(limit) === "named"
                ? "Code waits for slots of it while its run is running, so no run is listed: the figure above is what is believed."
                : "No run waits for it."}
            </p>
          ) : (
            <ul>
              {waiters.map((waiter) => (
                <WaiterLine key={waiter.id} waiter={waiter} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function WaiterLine({ waiter }: { readonly waiter: Waiter }) {
  const { id, kind, name, state, why } = waiter;
  const className = "min-w-0 grow truncate font-medium hover:underline";
  return (
    <li className="border-b border-line px-3 py-1.5 last:border-0">
      <div className="flex items-center gap-2">
        {kind === "flow-run" ? (
          <Link to="/runs/flow-run/$id" params={{ id }} search={{}} className={className} title={name}>
            {name}
          </Link>
        ) : (
          <Link to="/r/$id" params={{ id }} className={className} title={name}>
            {name}
          </Link>
        )}
        <StateBadge state={state} />
        <Ago at={state.at} className="shrink-0 text-small text-muted" />
      </div>
      {why === null || why === "" ? null : <p className="text-small break-words text-muted">{why}</p>}
    </li>
  );
}
