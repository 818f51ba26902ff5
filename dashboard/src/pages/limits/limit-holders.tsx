import { Link } from "@tanstack/react-router";
import type { ConcurrencyLimit, SlotLease } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { plural } from "../../format/number.ts";
import { Button } from "../../ui/button.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { Ago } from "../../ui/when.tsx";
import { limitCommand, toHolder } from "./limit-words.ts";

const maxShown = 100;

interface Holder {
  readonly lease: SlotLease;
  /** Of the run, where it is one that there is. */
  readonly name: string | null;
}

async function readHolders(limitId: string): Promise<readonly Holder[]> {
  const where = { field: "limitIds", hasAny: [limitId] };
  const { items } = await api.listObjects("slot-lease", { where }, { limit: maxShown });
  const idsOf = (kind: string): readonly string[] =>
    items.flatMap(({ holder }) => {
      const found = toHolder(holder);
      return found?.kind === kind ? [found.id] : [];
    });
  const [flowRunIds, taskRunIds] = [idsOf("flow-run"), idsOf("task-run")];
  const [flowRuns, taskRuns] = await Promise.all([
    flowRunIds.length === 0 ? [] : api.listFlowRuns({ ids: flowRunIds }).then((page) => page.items),
    taskRunIds.length === 0 ? [] : api.listTaskRuns({ ids: taskRunIds }).then((page) => page.items),
  ]);
  const names = new Map([...flowRuns, ...taskRuns].map(({ id, name }) => [id, name]));
  return items.map((lease) => ({ lease, name: names.get(toHolder(lease.holder)?.id ?? "") ?? null }));
}

/** Who has slots of a limit under a lease. */
export function Holders({ limit }: { readonly limit: ConcurrencyLimit }) {
  const [releasing, setReleasing] = useState<Holder | null>(null);
  const query = useLive({ key: ["limit", limit.id, "holders"], read: () => readHolders(limit.id), everyMs: 3000 });
  return (
    <Panel title="Holders">
      <Loaded query={query} rows={2}>
        {(holders) =>
          holders.length === 0 ? (
            <p className="p-3 text-muted">Nobody holds slots under a lease.</p>
          ) : (
            <ul>
              {holders.map((holder) => (
                <HolderLine key={holder.lease.id} holder={holder} onRelease={() => setReleasing(holder)} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {query.data?.length === maxShown ? (
        <p className="border-t border-line p-3 text-muted">The first {maxShown} are shown.</p>
      ) : null}
      {releasing === null ? null : (
        <FormDialog
          title="Release the slots?"
          description={`${releasing.name ?? "The holder"} goes on without ${plural(releasing.lease.slots, "slot")}${releasing.lease.limitIds.length > 1 ? `, of ${releasing.lease.limitIds.length} limits` : ""}, and others may take them.`}
          verb="Release the slots"
          isDangerous
          command={limitCommand(limit, "reset", "--lease", releasing.lease.id)}
          onClose={() => setReleasing(null)}
          onSubmit={() => api.giveBackSlots({ leaseId: releasing.lease.id })}
        />
      )}
    </Panel>
  );
}

function HolderLine({ holder, onRelease }: { readonly holder: Holder; readonly onRelease: () => void }) {
  const { lease } = holder;
  return (
    <li className="flex items-center gap-2 border-b border-line px-3 py-1.5 last:border-0">
      <div className="min-w-0 grow">
        <div className="flex min-w-0 items-baseline gap-2">
          <HolderName {...holder} />
          <span className="shrink-0 text-small text-muted">{plural(lease.slots, "slot")}</span>
        </div>
        <div className="text-small text-muted">
          since <Ago at={lease.createdAt} />, {lease.processId === undefined ? "ends" : "renewed by its process, ends"}{" "}
          <Ago at={lease.expiresAt} />
        </div>
      </div>
      <Button needs="giveBackSlots" onClick={onRelease}>
        Release
      </Button>
    </li>
  );
}

function HolderName({ lease, name }: Holder) {
  const holder = toHolder(lease.holder);
  const shown = name ?? (lease.holder === "" ? "Somebody who did not say" : lease.holder);
  if (name === null || holder === null) {
    return (
      <span className="min-w-0 truncate" title={shown}>
        {shown}
      </span>
    );
  }
  const className = "min-w-0 truncate font-medium hover:underline";
  return holder.kind === "flow-run" ? (
    <Link to="/runs/flow-run/$id" params={{ id: holder.id }} search={{}} className={className} title={shown}>
      {shown}
    </Link>
  ) : (
    <Link to="/r/$id" params={{ id: holder.id }} className={className} title={shown}>
      {shown}
    </Link>
  );
}
