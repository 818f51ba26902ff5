import { useNavigate, useSearch } from "@tanstack/react-router";
import { clsx } from "clsx";
import { type FlowRun, isTerminal } from "millrace/client";
import { useEffect, useMemo, useRef, useState } from "react";
import { toShortCount } from "../../../format/number.ts";
import { families, type Family } from "../../../states/families.ts";
import { familyText, Glyph } from "../../../states/state-badge.tsx";
import { Button } from "../../../ui/button.tsx";
import { TextInput } from "../../../ui/field.tsx";
import { Empty, ErrorNote, Sketch } from "../../../ui/states-of-loading.tsx";
import { createTaskRows, readTasksSearch, type TaskGroup, type TasksSearch } from "./task-groups.ts";
import { TaskList } from "./task-list.tsx";
import { familyWords } from "./task-rows.tsx";
import { useTaskGroups } from "./use-task-groups.ts";
import { useTaskItems } from "./use-task-items.ts";

/** With no more task runs than this all tasks are open at first. */
const smallRun = 40;
const typingMs = 250;

/** The task runs of a flow run, by task. */
export function TasksTab({ run }: { readonly run: FlowRun }) {
  const given = useSearch({ from: "/runs/flow-run/$id" });
  const navigate = useNavigate({ from: "/runs/flow-run/$id" });
  const search = useMemo(() => readTasksSearch(given), [given]);
  const set = (change: { readonly [Name in keyof TasksSearch]?: TasksSearch[Name] | undefined }): void => {
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  };
  const query = useTaskGroups(run.id, search.name);
  const items = useTaskItems(run.id, search.name);
  /** What somebody has opened or closed; the rest is as it is at first. */
  const [toggled, setToggled] = useState<Readonly<Record<string, boolean>>>({});
  const groups = query.data;
  const total = groups?.reduce((sum, group) => sum + group.total, 0) ?? 0;
  const isSmall = total <= smallRun;
  const rows = useMemo(
    () =>
      createTaskRows({
        groups: groups ?? [],
        chosen: search.state ?? [],
        isOpen: ({ taskName }) => toggled[taskName] ?? isSmall,
      }),
    [groups, search.state, toggled, isSmall],
  );
  if (groups === undefined) return query.error === null ? <Sketch rows={10} /> : <ErrorNote error={query.error} />;
  const isFiltered = search.name !== undefined || search.state !== undefined;
  if (groups.length === 0 && !isFiltered) {
    return (
      <Empty title={isTerminal(run.state.type) ? "It called no tasks" : "No task has been called yet"}>
        {isTerminal(run.state.type)
          ? "What the flow itself did is in its logs."
          : "Task runs appear here as they begin."}
      </Empty>
    );
  }
  const setAll = (isOpen: boolean): void =>
    setToggled(Object.fromEntries(groups.map(({ taskName }) => [taskName, isOpen])));
  return (
    <div className="flex min-h-0 grow basis-0 flex-col">
      <div
        role="search"
        aria-label="Task runs"
        className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-1.5"
      >
        <NameFilter value={search.name ?? ""} onChange={(name) => set({ name: name === "" ? undefined : name })} />
        <FamilyChips
          groups={groups}
          chosen={search.state ?? []}
          onChange={(state) => set({ state: state.length === 0 ? undefined : state })}
        />
        <span className="grow" />
        <Button kind="quiet" onClick={() => setAll(true)}>
          Expand all
        </Button>
        <Button kind="quiet" onClick={() => setAll(false)}>
          Collapse all
        </Button>
      </div>
      {rows.count === 0 ? (
        <Empty title="No task run matches">
          <button type="button" className="link" onClick={() => set({ name: undefined, state: undefined })}>
            Show all task runs
          </button>
        </Empty>
      ) : (
        <TaskList
          rows={rows}
          items={items}
          onToggle={(taskName, isOpen) => setToggled((before) => ({ ...before, [taskName]: isOpen }))}
        />
      )}
    </div>
  );
}

function NameFilter({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // Somebody else has changed it: a link, the button for going back.
  useEffect(() => {
    if (value !== sent.current) setText(value);
    sent.current = value;
  }, [value]);
  return (
    <TextInput
      aria-label="Name of the task or task run"
      placeholder="Name of the task or task run"
      value={text}
      onChange={(event) => {
        const next = event.target.value;
        setText(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
          sent.current = next;
          onChange(next);
        }, typingMs);
      }}
      className="w-52"
    />
  );
}

/** Those families that there are, each to be chosen. */
function FamilyChips(props: {
  readonly groups: readonly TaskGroup[];
  readonly chosen: readonly Family[];
  readonly onChange: (chosen: readonly Family[]) => void;
}) {
  const { groups, chosen, onChange } = props;
  const countOf = (family: Family): number => groups.reduce((sum, { counts }) => sum + (counts[family] ?? 0), 0);
  return (
    <div role="group" aria-label="States" className="flex flex-wrap gap-1">
      {families.map((family) => {
        const count = countOf(family);
        const isChosen = chosen.includes(family);
        const [word, glyph] = familyWords[family];
        return count === 0 && !isChosen ? null : (
          <button
            key={family}
            type="button"
            aria-pressed={isChosen}
            onClick={() => onChange(isChosen ? chosen.filter((each) => each !== family) : [...chosen, family])}
            className={clsx(
              "flex h-7 items-center gap-1.5 rounded-full border px-2.5",
              isChosen ? "border-accent bg-selected" : "border-line hover:bg-hover",
            )}
          >
            <Glyph name={glyph} family={family} />
            <span className={familyText[family]}>{word.charAt(0).toUpperCase() + word.slice(1)}</span>
            <span className="text-muted">{toShortCount(count)}</span>
          </button>
        );
      })}
    </div>
  );
}
