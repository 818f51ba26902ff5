import { Link } from "@tanstack/react-router";
import type { ConcurrencyLimit } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { plural, toCount } from "../../format/number.ts";
import { readNow } from "../../format/now.ts";
import { toDuration } from "../../format/time.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton, ShortId } from "../../ui/copy.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Inspector } from "../../ui/inspector.tsx";
import { Facts } from "../../ui/panel.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { Ago } from "../../ui/when.tsx";
import { LimitForm } from "./limit-form.tsx";
import { Holders } from "./limit-holders.tsx";
import { Waiters } from "./limit-waiters.tsx";
import { believedWaiting, deploymentPrefix, kindOf, limitCommand, ownName, usedSlots } from "./limit-words.ts";
import { takeBackSlots } from "./take-back-slots.ts";

type Open = "edit" | "reset" | "delete" | null;

export function LimitInspector({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const [open, setOpen] = useState<Open>(null);
  const query = useLive({
    key: ["limit", id],
    read: () => api.readObject("concurrency-limit", id),
    concerns: ofKind("concurrency-limit"),
    resource: `millrace.concurrency-limit.${id}`,
    everyMs: 3000,
  });
  return (
    <Inspector title={query.data == null ? "Limit" : ownName(query.data)} onClose={onClose}>
      <Loaded query={query}>
        {(limit) =>
          limit === null ? (
            <Empty title="There is no such limit">It was deleted.</Empty>
          ) : (
            <>
              <LimitFacts limit={limit} />
              <div className="flex flex-wrap gap-2">
                <Button needs={["updateObject", "concurrency-limit"]} onClick={() => setOpen("edit")}>
                  Edit the limit
                </Button>
                <Button needs={["updateObject", "concurrency-limit"]} onClick={() => setOpen("reset")}>
                  Take back all slots
                </Button>
                <Button kind="danger" needs={["deleteObject", "concurrency-limit"]} onClick={() => setOpen("delete")}>
                  Delete the limit
                </Button>
              </div>
              <Holders limit={limit} />
              <Waiters limit={limit} />
              <Dialogs limit={limit} open={open} onClose={() => setOpen(null)} onDeleted={onClose} />
            </>
          )
        }
      </Loaded>
    </Inspector>
  );
}

function LimitFacts({ limit }: { readonly limit: ConcurrencyLimit }) {
  const now = readNow();
  return (
    <Facts
      items={[
        ["Name", limit.name],
        ["Id", <ShortId key="id" id={limit.id} />],
        [
          "Enforced",
          <span key="enforced" className="inline-flex items-center">
            {limit.active ? "Yes" : "No: everybody is let through"}
            <CopyButton
              text={limitCommand(limit, limit.active ? "disable" : "enable")}
              label={`Copy the command that ${limit.active ? "lets everybody through" : "enforces it"}`}
            />
          </span>,
        ],
        ["Taken", `${toCount(usedSlots(limit, now))} of ${plural(limit.slots, "slot")}`],
        ["Believed to wait", plural(believedWaiting(limit, now), "slot")],
        ...(limit.decayPerSecond === 0
          ? []
          : [["Come back", `${limit.decayPerSecond} a second, by themselves`] as const]),
        [
          "Held for",
          limit.averageSeconds === undefined
            ? "Not known yet"
            : `${toDuration(limit.averageSeconds * 1000)} on average`,
        ],
        ...(kindOf(limit) === "deployment"
          ? [["Of", <DeploymentLink key="of" id={limit.name.slice(deploymentPrefix.length)} />] as const]
          : []),
        ["Created", <Ago key="created" at={limit.createdAt} />],
      ]}
    />
  );
}

function DeploymentLink({ id }: { readonly id: string }) {
  return (
    <Link to="/r/$id" params={{ id }} className="link">
      the deployment
    </Link>
  );
}

function Dialogs(props: {
  readonly limit: ConcurrencyLimit;
  readonly open: Open;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}) {
  const { limit, open, onClose, onDeleted } = props;
  const used = usedSlots(limit, readNow());
  switch (open) {
    case "edit":
      return <LimitForm limit={limit} onClose={onClose} />;
    case "reset":
      return (
        <FormDialog
          title="Take back all slots?"
          description={`${plural(used, "slot is", "slots are")} taken. A holder that is not gone goes on without a slot, so more may run at once than the limit says.`}
          verb="Take back all slots"
          isDangerous
          command={limitCommand(limit, "reset")}
          onClose={onClose}
          onSubmit={() => takeBackSlots(limit)}
        />
      );
    case "delete":
      return (
        <FormDialog
          title="Delete the limit?"
          description={`${limit.name} goes, and code that names it is let through. This cannot be undone.`}
          verb="Delete the limit"
          isDangerous
          command={limitCommand(limit, "delete")}
          onClose={onClose}
          onSubmit={async () => {
            await api.deleteObject("concurrency-limit", limit.id);
            onDeleted();
          }}
        />
      );
    case null:
      return null;
  }
}
