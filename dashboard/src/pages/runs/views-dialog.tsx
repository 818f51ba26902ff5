import { Link, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { toCount } from "../../format/number.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextInput } from "../../ui/field.tsx";
import type { RunsSearch } from "./runs-search.ts";
import { isSameSearch, type SavedView } from "./saved-views.ts";
import type { SavedViews } from "./use-saved-views.ts";

export function ViewsDialog(props: {
  readonly views: SavedViews;
  readonly search: RunsSearch;
  readonly onClose: () => void;
}) {
  const { views, search, onClose } = props;
  const { count } = views;
  useEffect(count, [count]);
  return (
    <Dialog
      title="Saved views"
      description="They are the server's: a change is one for everybody."
      isOpen
      isWide
      onClose={onClose}
    >
      <ul className="flex flex-col gap-1">
        {views.views.map((view) => (
          <ViewRow key={view.id} view={view} views={views} search={search} onClose={onClose} />
        ))}
      </ul>
    </Dialog>
  );
}

function ViewRow(props: {
  readonly view: SavedView;
  readonly views: SavedViews;
  readonly search: RunsSearch;
  readonly onClose: () => void;
}) {
  const { view, views, search, onClose } = props;
  const router = useRouter();
  const [renamed, setRenamed] = useState<string | null>(null);
  const [isSure, setSure] = useState(false);
  const runs = views.counts?.get(view.id);
  const address = new URL(router.buildLocation({ to: "/runs", search: view.search }).href, document.baseURI).href;
  if (renamed !== null) {
    const name = renamed.trim();
    return (
      <li className="flex min-h-8 items-center gap-2">
        <TextInput
          aria-label={`New name of ${view.name}`}
          autoFocus
          value={renamed}
          maxLength={200}
          onChange={(event) => setRenamed(event.target.value)}
          className="grow"
        />
        <Button
          kind="primary"
          whyNot={name === "" ? "Give it a name first" : null}
          onClick={() => void views.rename(view, name).then((isDone) => (isDone ? setRenamed(null) : undefined))}
        >
          Rename view
        </Button>
        <Button onClick={() => setRenamed(null)}>Leave it</Button>
      </li>
    );
  }
  return (
    <li className="flex min-h-8 flex-wrap items-center gap-x-1">
      <Link to="/runs" search={view.search} onClick={onClose} className="link min-w-0 grow truncate" title={view.name}>
        {view.name}
      </Link>
      <span className="text-small text-muted">{runs === undefined ? "" : toCount(runs)}</span>
      <label className="flex items-center gap-1 px-2 text-small text-muted">
        <input
          type="checkbox"
          checked={view.isDefault}
          onChange={(event) => void views.setDefault(event.target.checked ? view : null)}
        />
        Default
      </label>
      <CopyButton text={address} label={`Copy the link to ${view.name}`} />
      <Button
        kind="quiet"
        needs={["updateObject", "saved-search"]}
        onClick={() => void views.replace(view, search)}
        title="From now on it shows what the list is filtered by now"
        whyNot={isSameSearch(view.search, search) ? "It shows what the list is filtered by now" : null}
      >
        Update
      </Button>
      <Button kind="quiet" needs={["updateObject", "saved-search"]} onClick={() => setRenamed(view.name)}>
        Rename
      </Button>
      {isSure ? (
        <Button kind="danger" onClick={() => void views.remove(view)}>
          Delete for everybody
        </Button>
      ) : (
        <Button kind="quiet" needs={["deleteObject", "saved-search"]} onClick={() => setSure(true)}>
          Delete
        </Button>
      )}
    </li>
  );
}
