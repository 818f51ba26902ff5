import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { MoreHorizontal, Pause, Play } from "lucide-react";
import { isOnline } from "millrace/client";
import { useCallback, useState } from "react";
import { api } from "../../api/api.ts";
import { ofFlowRuns, ofKind, useLive } from "../../api/queries.ts";
import { plural, toCount } from "../../format/number.ts";
import { readNow } from "../../format/now.ts";
import { toCommand } from "../../format/shell.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Command, CopyButton } from "../../ui/copy.tsx";
import { Menu } from "../../ui/menu.tsx";
import { PageHead, Tabs } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { useAction } from "../../ui/use-action.ts";
import { Ago } from "../../ui/when.tsx";
import { DeletePool, EditPool } from "./edit-pool.tsx";
import { HealthBadge } from "./health-badge.tsx";
import { PoolDetails, PoolTemplate } from "./pool-details.tsx";
import { type PoolFacts, readPoolFacts } from "./pool-facts.ts";
import { healthOf } from "./pool-health.ts";
import { PoolRuns } from "./pool-runs.tsx";
import { PoolWorkers } from "./pool-workers.tsx";
import { QueuesTab } from "./queues-tab.tsx";

export function PoolPage() {
  const { name } = useParams({ from: "/work-pools/work-pool/$name" });
  const query = useLive({
    key: ["work-pool", name],
    read: () => readPool(name),
    concerns: (event) => ofKind("work-pool", "work-queue", "worker")(event) || ofFlowRuns(event),
    everyMs: 10_000,
  });
  return (
    <Loaded query={query} title={name} rows={8}>
      {(facts) => (facts === null ? <NoPool name={name} /> : <Pool key={facts.pool.id} facts={facts} />)}
    </Loaded>
  );
}

/** By its name, as links say it; links by a resolved id say that. */
async function readPool(name: string): Promise<PoolFacts | null> {
  const where = { any: [{ field: "name", in: [name] }, ...(isId(name) ? [{ field: "id", in: [name] }] : [])] };
  const { items } = await api.listObjects("work-pool", { where }, { limit: 2 });
  const [facts] = await readPoolFacts(items.slice(0, 1));
  return facts ?? null;
}

const isId = (text: string): boolean => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);

function NoPool({ name }: { readonly name: string }) {
  return (
    <>
      <PageHead title={name} />
      <Empty title="There is no such work pool">
        <p className="mb-2">It was deleted, or has another name. This makes it:</p>
        <Command text={toCommand("work-pool", "create", name)} />
      </Empty>
    </>
  );
}

function Pool({ facts }: { readonly facts: PoolFacts }) {
  const { pool, workers, queues, waiting } = facts;
  const { tab = "runs" } = useSearch({ from: "/work-pools/work-pool/$name" });
  const navigate = useNavigate();
  const [open, setOpen] = useState<"edit" | "delete" | null>(null);
  const setPaused = useAction(useCallback((paused: boolean) => api.updateWorkPool(pool.id, { paused }), [pool.id]));
  const health = healthOf(facts, readNow());
  const online = workers.filter((worker) => isOnline(worker, readNow())).length;
  const params = { name: pool.name };
  const to = "/work-pools/work-pool/$name";
  return (
    <>
      <PageHead
        title={pool.name}
        facts={
          <>
            <HealthBadge state={health.state} why={health.why} />
            <span className="max-w-40 truncate" title={pool.type}>
              {pool.type}
            </span>
            <span>
              {plural(waiting.count, "run waits", "runs wait")}
              {waiting.oldestDueAt === null ? null : (
                <>
                  , since <Ago at={waiting.oldestDueAt} />
                </>
              )}
            </span>
          </>
        }
        actions={
          <>
            <Button
              icon={pool.paused ? <Play size={14} /> : <Pause size={14} />}
              needs="updateWorkPool"
              whyNot={setPaused.isBusy ? "It is being done" : null}
              onClick={() => void setPaused.run(!pool.paused)}
            >
              {pool.paused ? "Resume the pool" : "Pause the pool"}
            </Button>
            <CopyButton
              text={toCommand("work-pool", pool.paused ? "resume" : "pause", pool.name)}
              label={`Copy the command that ${pool.paused ? "resumes" : "pauses"} the pool`}
            />
            <Menu
              trigger={
                <IconButton label="More to do with the pool">
                  <MoreHorizontal size={16} />
                </IconButton>
              }
              items={[
                { label: "Edit the pool…", needs: "updateWorkPool", onSelect: () => setOpen("edit") },
                "line",
                {
                  label: "Delete the pool…",
                  isDangerous: true,
                  needs: ["deleteObject", "work-pool"],
                  onSelect: () => setOpen("delete"),
                },
              ]}
            />
          </>
        }
      />
      {health.state === "not-ready" ? <NoWorker name={pool.name} why={health.why} /> : null}
      <Tabs
        label="Views of the pool"
        selected={tab}
        items={[
          { id: "runs", label: "Runs", link: { to, params, search: {} } },
          {
            id: "queues",
            label: "Queues",
            count: toCount(queues.length),
            link: { to, params, search: { tab: "queues" } },
          },
          {
            id: "workers",
            label: "Workers",
            count: `${online} online`,
            link: { to, params, search: { tab: "workers" } },
          },
          { id: "template", label: "Job template", link: { to, params, search: { tab: "template" } } },
          { id: "details", label: "Details", link: { to, params, search: { tab: "details" } } },
        ]}
      />
      {tab === "runs" ? <PoolRuns pool={pool} /> : null}
      {tab === "queues" ? <QueuesTab facts={facts} /> : null}
      {tab === "workers" ? <PoolWorkers facts={facts} /> : null}
      {tab === "template" ? <PoolTemplate pool={pool} /> : null}
      {tab === "details" ? <PoolDetails facts={facts} /> : null}
      {open === "edit" ? (
        <EditPool
          pool={pool}
          onClose={() => setOpen(null)}
          onRenamed={(next) => void navigate({ to, params: { name: next }, search: { tab }, replace: true })}
        />
      ) : null}
      {open === "delete" ? (
        <DeletePool
          facts={facts}
          onClose={() => setOpen(null)}
          onDeleted={() => void navigate({ to: "/work-pools", search: {} })}
        />
      ) : null}
    </>
  );
}

function NoWorker({ name, why }: { readonly name: string; readonly why: string }) {
  return (
    <div className="mx-4 mb-3 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-panel border border-line p-2">
      <span>{why} Its runs wait until one is started:</span>
      <Command text={toCommand("worker", "start", "--pool", name)} />
    </div>
  );
}
