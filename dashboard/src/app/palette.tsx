/** Go anywhere: the places, and whatever is found by a name or the start of an id. */

import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useDeferredValue, useEffect, useState } from "react";
import { api } from "../api/api.ts";
import { deploymentsCalled } from "../api/deployments-called.ts";
import { toPath } from "./paths.ts";
import { places } from "./navigation.ts";
import { StateBadge } from "../states/state-badge.tsx";
import { useQuery } from "@tanstack/react-query";
import { useActiveShortcuts } from "./shortcuts.ts";

const limit = 6;

async function find(text: string) {
  const page = { limit };
  const [runs, flows, deployments, resolved] = await Promise.all([
    api.listFlowRuns({ nameContains: text }, "created-desc", page),
    api.listObjects("flow", { where: { field: "name", contains: text } }, page),
    api.listObjects("deployment", { where: deploymentsCalled(text) }, page),
    /^[\da-f-]{4,36}$/i.test(text) ? api.resolveId(text.toLowerCase()).catch(() => null) : null,
  ]);
  return { runs: runs.items, flows: flows.items, deployments: deployments.items, resolved };
}

export function Palette({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const asked = useDeferredValue(text.trim());
  const actions = useActiveShortcuts().filter(
    ({ keys }) => !keys.startsWith("g ") && !keys.startsWith("mod+") && keys.length === 1 && keys !== "/",
  );
  const { data } = useQuery({ queryKey: ["palette", asked], queryFn: () => find(asked), enabled: asked !== "" });
  const found = places.filter(({ title }) => title.toLowerCase().includes(asked.toLowerCase()));
  // Enter goes to the first that is found, however late it comes.
  const first = firstOf(asked === "" ? undefined : data) ?? found[0]?.to ?? "";
  const [chosen, setChosen] = useState(first);
  useEffect(() => setChosen(first), [first]);
  const go = (to: string): void => {
    onClose();
    void navigate({ to });
  };
  useEffect(() => {
    const before = document.activeElement;
    return () => (before instanceof HTMLElement ? before.focus() : undefined);
  }, []);
  return (
    <Command.Dialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      label="Search or go to"
      shouldFilter={false}
      value={chosen}
      onValueChange={setChosen}
      overlayClassName="fixed inset-0 z-40 bg-black/40"
      contentClassName="fixed top-[12vh] left-1/2 z-50 w-[min(600px,calc(100vw-16px))] -translate-x-1/2 overflow-hidden rounded-dialog border border-line bg-raised shadow-xl"
    >
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder="A page, a flow, a run, the start of an id…"
        className="h-11 w-full border-b border-line bg-transparent px-4 text-section outline-none placeholder:text-faint"
      />
      <Command.List className="max-h-[50vh] overflow-auto p-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-meta [&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-faint">
        <Command.Empty className="p-4 text-center text-muted">
          {asked === "" ? "" : `Nothing is called “${asked}”.`}
        </Command.Empty>
        {data?.resolved == null ? null : (
          <Group title="By its id">
            <Entry
              value={data.resolved.id}
              onSelect={() => go(toPath(data.resolved?.kind ?? "flow-run", data.resolved?.id ?? ""))}
            >
              {data.resolved.kind} {data.resolved.id}
            </Entry>
          </Group>
        )}
        {asked === "" || data === undefined ? null : (
          <>
            {data.runs.length === 0 ? null : (
              <Group title="Runs">
                {data.runs.map((run) => (
                  <Entry key={run.id} value={`run ${run.id}`} onSelect={() => go(toPath("flow-run", run.id))}>
                    <span className="grow truncate">
                      {run.name} <span className="text-muted">{run.flowName}</span>
                    </span>
                    <StateBadge state={run.state} />
                  </Entry>
                ))}
              </Group>
            )}
            {data.flows.length === 0 ? null : (
              <Group title="Flows">
                {data.flows.map((flow) => (
                  <Entry key={flow.id} value={`flow ${flow.id}`} onSelect={() => go(toPath("flow", flow.id))}>
                    {flow.name}
                  </Entry>
                ))}
              </Group>
            )}
            {data.deployments.length === 0 ? null : (
              <Group title="Deployments">
                {data.deployments.map((deployment) => (
                  <Entry
                    key={deployment.id}
                    value={`deployment ${deployment.id}`}
                    onSelect={() => go(toPath("deployment", deployment.id))}
                  >
                    {deployment.flowName}/{deployment.name}
                  </Entry>
                ))}
              </Group>
            )}
          </>
        )}
        <Places found={found} onGo={go} />
        {asked !== "" || actions.length === 0 ? null : (
          <Group title="On this page">
            {actions.map(({ keys, does, run }) => (
              <Entry
                key={keys}
                value={`key ${keys}`}
                onSelect={() => {
                  onClose();
                  run();
                }}
              >
                <span className="grow">{does}</span>
                <kbd className="text-meta text-muted">{keys}</kbd>
              </Entry>
            ))}
          </Group>
        )}
      </Command.List>
    </Command.Dialog>
  );
}

/** The value of the first entry there is for what was found. */
function firstOf(data: Awaited<ReturnType<typeof find>> | undefined): string | undefined {
  if (data === undefined) return undefined;
  const { resolved, runs, flows, deployments } = data;
  if (resolved !== null) return resolved.id;
  if (runs[0] !== undefined) return `run ${runs[0].id}`;
  if (flows[0] !== undefined) return `flow ${flows[0].id}`;
  return deployments[0] === undefined ? undefined : `deployment ${deployments[0].id}`;
}

function Places({ found, onGo }: { readonly found: typeof places; readonly onGo: (to: string) => void }) {
  if (found.length === 0) return null;
  return (
    <Group title="Places">
      {found.map(({ title, to, icon: Icon, key }) => (
        <Entry key={to} value={to} onSelect={() => onGo(to)}>
          <Icon size={14} aria-hidden />
          <span className="grow">{title}</span>
          {key === undefined ? null : <kbd className="text-meta text-muted">g {key}</kbd>}
        </Entry>
      ))}
    </Group>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return <Command.Group heading={title}>{children}</Command.Group>;
}

function Entry(props: {
  /** Apart from those of all others. */
  readonly value: string;
  readonly onSelect: () => void;
  readonly children: React.ReactNode;
}) {
  const { value, onSelect, children } = props;
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex h-8 cursor-pointer items-center gap-2 rounded-control px-2 data-[selected=true]:bg-selected"
    >
      {children}
    </Command.Item>
  );
}
