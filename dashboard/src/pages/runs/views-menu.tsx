/** The saved views: go to one, keep what is shown as one, or look after them. */

import { useNavigate } from "@tanstack/react-router";
import { Bookmark, Check } from "lucide-react";
import { useState } from "react";
import { toShortCount } from "../../format/number.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import { Menu } from "../../ui/menu.tsx";
import { say } from "../../ui/toast.ts";
import type { RunsSearch } from "./runs-search.ts";
import { isSameSearch } from "./saved-views.ts";
import type { SavedViews } from "./use-saved-views.ts";
import { ViewsDialog } from "./views-dialog.tsx";

/** In the menu; all are in the dialog. */
const maxItems = 20;

export function ViewsMenu({ views, search }: { readonly views: SavedViews; readonly search: RunsSearch }) {
  const navigate = useNavigate({ from: "/runs" });
  const [open, setOpen] = useState<"save" | "manage" | null>(null);
  const current = views.views.find((view) => isSameSearch(view.search, search)) ?? null;
  const isFiltered = Object.keys(search).length > 0;
  return (
    <>
      <Menu
        trigger={
          <Button icon={<Bookmark size={14} />}>
            <span className="max-w-40 truncate">{current?.name ?? "Views"}</span>
          </Button>
        }
        onOpen={views.count}
        items={[
          {
            label: "All runs",
            ...(isFiltered ? {} : { icon: <Check size={14} /> }),
            onSelect: () => void navigate({ search: {} }),
          },
          ...views.views.slice(0, maxItems).map((view) => {
            const count = views.counts?.get(view.id);
            return {
              label: `${view.name.slice(0, 60)}${view.isDefault ? " (default)" : ""}`,
              ...(view.id === current?.id ? { icon: <Check size={14} /> } : {}),
              ...(count === undefined ? {} : { keys: toShortCount(count) }),
              onSelect: () => void navigate({ search: view.search }),
            };
          }),
          "line",
          {
            label: "Save these filters as a view",
            needs: ["createObject", "saved-search"],
            onSelect: () => setOpen("save"),
            whyNot: !isFiltered ? "Nothing is filtered" : current === null ? null : `This is ${current.name} already`,
          },
          {
            label: "Rename, share or delete views",
            onSelect: () => setOpen("manage"),
            whyNot: views.views.length === 0 ? "There is none yet" : null,
          },
        ]}
      />
      {open === "save" ? <SaveDialog views={views} search={search} onClose={() => setOpen(null)} /> : null}
      {open === "manage" ? <ViewsDialog views={views} search={search} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

function SaveDialog(props: { readonly views: SavedViews; readonly search: RunsSearch; readonly onClose: () => void }) {
  const { views, search, onClose } = props;
  const [name, setName] = useState("");
  const trimmed = name.trim();
  const taken = views.views.find((view) => view.name === trimmed);
  const save = async (): Promise<void> => {
    const isSaved = taken === undefined ? await views.save(trimmed, search) : await views.replace(taken, search);
    if (!isSaved) return;
    say("The view is saved.");
    onClose();
  };
  return (
    <Dialog
      title="Save view"
      description="Everybody who uses this server finds it among the views of the runs."
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button kind="primary" onClick={() => void save()} whyNot={trimmed === "" ? "Give it a name first" : null}>
            {taken === undefined ? "Save view" : "Replace view"}
          </Button>
        </>
      }
    >
      <Field
        label="Name"
        {...(taken === undefined ? {} : { hint: "There is a view of this name; it would show these filters." })}
      >
        {(ids) => (
          <TextInput
            {...ids}
            autoFocus
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && trimmed !== "") void save();
            }}
          />
        )}
      </Field>
    </Dialog>
  );
}
