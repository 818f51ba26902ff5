import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { RangeChip } from "./range-chip.tsx";
import type { RunsSearch } from "./runs-search.ts";

type Name = "flow" | "tag" | "deployment" | "from" | "to";

/** What the list is filtered by beside its fields: each goes when it is pressed. */
export function FilterChips({
  search,
  onClear,
}: {
  readonly search: RunsSearch;
  readonly onClear: (...names: readonly Name[]) => void;
}) {
  const { flow, tag, deployment } = search;
  return (
    <>
      {flow === undefined ? null : <Chip what="flow" text={flow} onClear={() => onClear("flow")} />}
      {tag === undefined ? null : <Chip what="tag" text={tag} onClear={() => onClear("tag")} />}
      {deployment === undefined ? null : <DeploymentChip id={deployment} onClear={() => onClear("deployment")} />}
      <RangeChip from={search.from} to={search.to} onClear={() => onClear("from", "to")} />
    </>
  );
}

function Chip({ what, text, onClear }: { readonly what: string; readonly text: string; readonly onClear: () => void }) {
  return (
    <button
      type="button"
      onClick={onClear}
      title={`${text}. Press to show all again, whatever the ${what}`}
      className="flex h-7 max-w-72 items-center gap-1 rounded-full bg-selected px-2.5"
    >
      <span className="min-w-0 truncate">
        {what}: {text}
      </span>
      <span aria-hidden>×</span>
    </button>
  );
}

/** By its name, once that is known. */
function DeploymentChip({ id, onClear }: { readonly id: string; readonly onClear: () => void }) {
  const query = useLive({ key: ["deployment", id, "itself"], read: () => api.readObject("deployment", id) });
  const text = query.data == null ? id.slice(0, 13) : `${query.data.flowName}/${query.data.name}`;
  return <Chip what="deployment" text={text} onClear={onClear} />;
}
