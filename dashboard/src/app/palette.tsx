/** Go anywhere: the places, and whatever is found by a name or the start of an id. */

import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useDeferredValue, useEffect, useState } from "react";
import { api } from "../api/api.ts";
import { toPath } from "./paths.ts";
import { places } from "./navigation.ts";
import { StateBadge } from "../states/state-badge.tsx";
import { useQuery } from "@tanstack/react-query";
import { useActiveShortcuts } from "./shortcuts.ts";

const limit = 6;

async function find(text: string) {
  const named = { field: "name", contains: text } as const;
  const page = { limit };
  const [runs, flows, deployments, resolved] = await Promise.all([
    api.listFlowRuns({ nameContains: text }, "created-desc", page),
    api.listObjects("flow", { where: named }, page),
    api.listObjects("deployment", { where: named }, page),
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
            <Entry onSelect={() => go(toPath(data.resolved?.kind ?? "flow-run", data.resolved?.id ?? ""))}>
              {data.resolved.kind} {data.resolved.id}
            </Entry>
          </Group>
        )}
        {asked === "" || data === undefined ? null : (
          <>
            {data.runs.length === 0 ? null : (
              <Group title="Runs">
                {data.runs.map((run) => (
                  <Entry key={run.id} onSelect={() => go(toPath("flow-run", run.id))}>
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
                  <Entry key={flow.id} onSelect={() => go(toPath("flow", flow.id))}>
                    {flow.name}
                  </Entry>
                ))}
              </Group>
            )}
            {data.deployments.length === 0 ? null : (
              <Group title="Deployments">
                {data.deployments.map((deployment) => (
                  <Entry key={deployment.id} onSelect={() => go(toPath("deployment", deployment.id))}>
                    {deployment.flowName}/{deployment.name}
                  </Entry>
                ))}
              </Group>
            )}
          </>
        )}
        <Places text={asked} onGo={go} />
        {asked !== "" || actions.length === 0 ? null : (
          <Group title="On this page">
            {actions.map(({ keys, does, run }) => (
              <Entry
                key={keys}
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

function Places({ text, onGo }: { readonly text: string; readonly onGo: (to: string) => void }) {
  const found = places.filter(({ title }) => title.toLowerCase().includes(text.toLowerCase()));
  if (found.length === 0) return null;
  return (
    <Group title="Places">
      {found.map(({ title, to, icon: Icon, key }) => (
        <Entry key={to} onSelect={() => onGo(to)}>
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

function Entry({ onSelect, children }: { readonly onSelect: () => void; readonly children: React.ReactNode }) {
  return (
    <Command.Item
      onSelect={onSelect}
      className="flex h-8 cursor-pointer items-center gap-2 rounded-control px-2 data-[selected=true]:bg-selected"
    >
      {children}
    </Command.Item>
  );
}
