/** Go anywhere: the places, and whatever is found by a name or the start of an id; and do what the page offers. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useEffect, useRef, useState } from "react";
import { StateBadge } from "../states/state-badge.tsx";
import { useDebounced } from "../ui/debounced.ts";
import { sayError } from "../ui/toast.ts";
import { type FoundPlace, placeOf } from "./find-by-id.ts";
import { places } from "./navigation.ts";
import { listPageActions } from "./page-actions.ts";
import {
  findLike,
  type Found,
  type Named,
  type NamedKind,
  type Names,
  namesLike,
  readNames,
} from "./palette-search.ts";
import { toPath } from "./paths.ts";
import { type Shortcut, useActiveShortcuts } from "./shortcuts.ts";

/** What is typed is not asked about letter by letter, in ms. */
const typingMs = 150;
/** What was read of names is good for so long, in ms. */
const namesMs = 60_000;
const noNames: Names = { known: [], cut: [] };

interface Entry {
  /** Apart from those of all others. */
  readonly value: string;
  /** Where it leads; null once it has done what it does. */
  readonly go: () => FoundPlace | Promise<FoundPlace> | null;
  readonly shown: React.ReactNode;
}

interface EntryGroup {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export function Palette({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const [written, setWritten] = useState("");
  const typed = written.trim();
  const asked = useDebounced(typed, typingMs);
  const names = useQuery({
    queryKey: ["palette", "names"],
    queryFn: readNames,
    staleTime: namesMs,
    enabled: typed !== "",
  });
  const known = names.data ?? (names.error === null ? null : noNames);
  const found = useQuery({
    queryKey: ["palette", asked],
    queryFn: () => findLike(asked, known ?? noNames),
    enabled: asked !== "" && known !== null,
  });
  const data = asked === typed && typed !== "" ? found.data : undefined;
  const isSettled = typed === "" || data !== undefined || (asked === typed && found.error !== null);
  const groups = [
    ...(data === undefined ? [] : toFoundGroups(data, namesLike(known ?? noNames, data.named, typed))),
    ...toOwnGroups(typed, useActiveShortcuts()),
  ];
  const first = groups[0]?.entries[0];
  const [chosen, setChosen] = useState(first?.value ?? "");
  useEffect(() => setChosen(first?.value ?? ""), [first?.value]);
  const select = async ({ go }: Entry): Promise<void> => {
    onClose();
    try {
      const place = await go();
      if (place !== null) await navigate(place);
    } catch (error) {
      sayError(error);
    }
  };
  const isAwaited = useRef(false);
  useEffect(() => {
    if (!isSettled || !isAwaited.current) return;
    isAwaited.current = false;
    if (first !== undefined) void select(first);
  });
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
      onKeyDown={(event) => {
        // Enter goes to the first that is found, however late it comes.
        if (event.key !== "Enter" || isSettled || chosen !== (first?.value ?? "")) return;
        event.preventDefault();
        isAwaited.current = true;
      }}
      overlayClassName="fixed inset-0 z-40 bg-black/40"
      contentClassName="fixed top-[12vh] left-1/2 z-50 w-[min(600px,calc(100vw-16px))] -translate-x-1/2 overflow-hidden rounded-dialog border border-line bg-raised shadow-xl"
    >
      <Command.Input
        value={written}
        onValueChange={(text) => {
          isAwaited.current = false;
          setWritten(text);
        }}
        placeholder="A page, a flow, a run, the start of an id…"
        className="h-11 w-full border-b border-line bg-transparent px-4 text-section outline-none placeholder:text-faint"
      />
      <Command.List className="max-h-[50vh] overflow-auto p-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-meta [&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-faint">
        <Command.Empty className="p-4 text-center text-muted">
          {typed === "" ? "" : isSettled ? `Nothing is called “${typed}”.` : "It is looked for…"}
        </Command.Empty>
        {groups.map(({ title, entries }) => (
          <Command.Group key={title} heading={title}>
            {entries.map((entry) => (
              <Command.Item
                key={entry.value}
                value={entry.value}
                onSelect={() => void select(entry)}
                className="flex h-8 cursor-pointer items-center gap-2 rounded-control px-2 data-[selected=true]:bg-selected"
              >
                {entry.shown}
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command.Dialog>
  );
}

const at =
  (to: string, search: FoundPlace["search"] = {}) =>
  (): FoundPlace => ({ to, search });
const doing = (run: () => void) => (): null => {
  run();
  return null;
};
const hasAny = ({ entries }: EntryGroup): boolean => entries.length > 0;

const namedTitles: Readonly<Record<NamedKind, string>> = {
  automation: "Automations",
  webhook: "Webhooks",
  "work-pool": "Work pools",
  worker: "Workers",
  "concurrency-limit": "Limits",
  "block-document": "Blocks",
  variable: "Variables",
  secret: "Secrets",
};

function placeOfNamed({ kind, id, name }: Named): FoundPlace | Promise<FoundPlace> {
  if (kind === "variable") return { to: "/variables", search: { variable: name } };
  if (kind === "secret") return { to: "/secrets", search: { q: name } };
  return placeOf({ kind, id });
}

function toFoundGroups(data: Found, named: ReturnType<typeof namesLike>): readonly EntryGroup[] {
  const { byId, runs, flows, deployments, artifactKeys } = data;
  const groups: readonly EntryGroup[] = [
    {
      title: "By its id",
      entries: byId === null ? [] : [{ value: byId.id, go: () => placeOf(byId), shown: `${byId.kind} ${byId.id}` }],
    },
    {
      title: "Runs",
      entries: runs.map((run) => ({
        value: `run ${run.id}`,
        go: at(toPath("flow-run", run.id)),
        shown: (
          <>
            <span className="grow truncate">
              {run.name} <span className="text-muted">{run.flowName}</span>
            </span>
            <StateBadge state={run.state} />
          </>
        ),
      })),
    },
    {
      title: "Flows",
      entries: flows.map(({ id, name }) => ({ value: `flow ${id}`, go: at(toPath("flow", id)), shown: name })),
    },
    {
      title: "Deployments",
      entries: deployments.map(({ id, flowName, name }) => ({
        value: `deployment ${id}`,
        go: at(toPath("deployment", id)),
        shown: `${flowName}/${name}`,
      })),
    },
    ...Object.entries(namedTitles).map(([kind, title]) => ({
      title,
      entries: named
        .filter((each) => each.kind === kind)
        .map((each) => ({
          value: `${kind} ${each.id}`,
          go: () => placeOfNamed(each),
          shown: <span className="truncate">{each.name}</span>,
        })),
    })),
    {
      title: "Artifacts",
      entries: artifactKeys.map((key) => ({
        value: `artifact ${key}`,
        go: at(`/artifacts/key/${encodeURIComponent(key)}`),
        shown: <span className="truncate">{key}</span>,
      })),
    },
  ];
  return groups.filter(hasAny);
}

/** What is known without asking. */
function toOwnGroups(typed: string, shortcuts: readonly Shortcut[]): readonly EntryGroup[] {
  const isSought = (text: string): boolean => text.toLowerCase().includes(typed.toLowerCase());
  const keyed = shortcuts.filter(
    ({ keys, does }) =>
      !keys.startsWith("g ") && !keys.startsWith("mod+") && keys.length === 1 && keys !== "/" && isSought(does),
  );
  const actions: EntryGroup = {
    title: "On this page",
    entries: [
      ...listPageActions()
        .filter(({ does }) => isSought(does))
        .map(({ does, run }) => ({
          value: `action ${does}`,
          go: doing(run),
          shown: <span className="grow">{does}</span>,
        })),
      ...keyed.map(({ keys, does, run }) => ({
        value: `key ${keys}`,
        go: doing(run),
        shown: (
          <>
            <span className="grow">{does}</span>
            <kbd className="text-meta text-muted">{keys}</kbd>
          </>
        ),
      })),
    ],
  };
  const ofPlaces: EntryGroup = {
    title: "Places",
    entries: places
      .filter(({ title }) => isSought(title))
      .map(({ title, to, icon: Icon, key }) => ({
        value: to,
        go: at(to),
        shown: (
          <>
            <Icon size={14} aria-hidden />
            <span className="grow">{title}</span>
            {key === undefined ? null : <kbd className="text-meta text-muted">g {key}</kbd>}
          </>
        ),
      })),
  };
  // Who has written nothing yet looks for a place most often; who has, for what the words say.
  return (typed === "" ? [ofPlaces, actions] : [actions, ofPlaces]).filter(hasAny);
}
