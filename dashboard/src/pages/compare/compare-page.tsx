import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { X } from "lucide-react";
import type { ArtifactRow, FlowRun, TaskCount } from "millrace/client";
import { type FormEvent, useState } from "react";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { plural } from "../../format/number.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { TextInput } from "../../ui/field.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty, ErrorNote, Loaded } from "../../ui/states-of-loading.tsx";
import { readContents } from "../artifacts/artifact-content.tsx";
import { ComparedTable } from "./compared-table.tsx";
import { maxCompared, toIds } from "./compare-search.ts";

import { type ComparedArtifact, compareArtifacts } from "./comparison.ts";

export interface Compared {
  readonly run: FlowRun;
  readonly tasks: readonly TaskCount[];
  readonly artifacts: readonly ArtifactRow[];
}

/** Of a run. */
const artifactLimit = 100;

async function readCompared(id: string): Promise<Compared | null> {
  const [run, tasks, artifacts] = await Promise.all([
    api.readFlowRun(id),
    api.countTaskRuns(id),
    api.listArtifactRows({ flowRunIds: [id] }, { limit: artifactLimit }),
  ]);
  return run === null ? null : { run, tasks, artifacts: artifacts.items };
}

async function readAll(ids: readonly string[]) {
  const found = await Promise.all(ids.map(readCompared));
  const compared = compareArtifacts(found.flatMap((each) => (each === null ? [] : [each.artifacts])));
  const artifacts: (ComparedArtifact & { readonly differs: boolean })[] = [];
  // One key at a time: each may hold a megabyte.
  for (const each of compared) {
    artifacts.push({ ...each, differs: each.differs ?? (await differInContent(each.artifacts)) });
  }
  return { found, artifacts };
}

async function differInContent(rows: readonly (ArtifactRow | null)[]): Promise<boolean> {
  const contents = await readContents(rows.filter((row) => row !== null));
  return contents.length < rows.length || new Set(contents.map(({ data }) => data)).size > 1;
}

export function ComparePage() {
  const { runs, differs = false } = useSearch({ from: "/compare" });
  const navigate = useNavigate({ from: "/compare" });
  const ids = toIds(runs).slice(0, maxCompared);
  const set = (next: readonly string[]): void => {
    void navigate({
      search: (before) => {
        const { runs: _, ...rest } = before;
        return next.length === 0 ? rest : { ...rest, runs: next.join(",") };
      },
      replace: true,
    });
  };
  const compared = useLive({
    key: ["compare", ids],
    read: () => readAll(ids),
    // Those that still go on change the comparison.
    concerns: ({ flowRunId }) => flowRunId !== null && ids.includes(flowRunId),
    isEnabled: ids.length > 0,
  });
  return (
    <>
      <PageHead
        title="Compare runs"
        facts={ids.length === 0 ? null : <span>{plural(ids.length, "run")}</span>}
        actions={ids.length >= maxCompared ? null : <AddRun onAdd={(id) => set([...ids, id])} />}
      />
      {ids.length === 0 ? (
        <Empty title="No run is chosen">
          <p>Add runs by their ids, or the start of one. A run's page has “Compare” among its actions.</p>
        </Empty>
      ) : (
        <div className="min-h-0 grow overflow-auto border-t border-line p-4">
          <label className="mb-3 flex w-fit items-center gap-1.5">
            <input
              type="checkbox"
              checked={differs}
              onChange={(event) =>
                void navigate({
                  search: ({ runs: kept }) => ({
                    ...(kept === undefined ? {} : { runs: kept }),
                    ...(event.target.checked ? { differs: true as const } : {}),
                  }),
                  replace: true,
                })
              }
            />
            Only what differs
          </label>
          <Loaded query={compared} rows={10}>
            {({ found, artifacts }) => {
              const there = found.filter((each) => each !== null);
              const gone = ids.filter((_, index) => found[index] === null);
              return (
                <>
                  {gone.map((id) => (
                    <p key={id} className="mb-2 flex items-center gap-2 text-muted">
                      There is no run <code className="font-mono text-small">{id}</code>
                      <IconButton label={`Leave out ${id}`} onClick={() => set(ids.filter((each) => each !== id))}>
                        <X size={14} />
                      </IconButton>
                    </p>
                  ))}
                  {there.length === 0 ? (
                    <Empty title="None of these runs is there">
                      <Link to="/runs" search={{}} className="link">
                        See the runs
                      </Link>
                    </Empty>
                  ) : (
                    <ComparedTable
                      compared={there}
                      artifacts={artifacts}
                      onlyDiffering={differs}
                      onRemove={(id) => set(ids.filter((each) => each !== id))}
                    />
                  )}
                </>
              );
            }}
          </Loaded>
        </div>
      )}
    </>
  );
}

function AddRun({ onAdd }: { readonly onAdd: (id: string) => void }) {
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>(null);
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setError(null);
    try {
      const { id } = await api.resolveId(text.trim().toLowerCase(), "flow-run");
      setText("");
      onAdd(id);
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <form className="flex flex-wrap items-center gap-2" onSubmit={(event) => void add(event)}>
      <TextInput
        aria-label="Id of a run, or the start of one"
        placeholder="Id of a run"
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="w-44 font-mono"
      />
      <Button type="submit" whyNot={text.trim() === "" ? "Write the id of a run" : null}>
        Add run
      </Button>
      {error === null ? null : <ErrorNote error={error} />}
    </form>
  );
}
