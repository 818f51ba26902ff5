import { ArrowDown, ArrowUp } from "lucide-react";
import { Button, IconButton } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { runColumns } from "./run-columns.tsx";
import type { RunColumns } from "./use-run-columns.ts";

export function ColumnsDialog({ columns, onClose }: { readonly columns: RunColumns; readonly onClose: () => void }) {
  return (
    <Dialog
      title="Columns"
      description="What the list shows of each run, in this browser. Widths are drawn in the head of the table."
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={columns.reset}>Show as at first</Button>
          <Button kind="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <ul className="flex flex-col">
        {columns.order.map((id, index) => {
          const column = runColumns.find((each) => each.id === id);
          if (column === undefined) return null;
          return (
            <li key={id} className="flex h-8 items-center gap-2">
              <label className="flex grow items-center gap-2">
                <input
                  type="checkbox"
                  checked={columns.isShown(id)}
                  // Without a name no run could be opened.
                  disabled={id === "name"}
                  onChange={() => columns.toggle(id)}
                />
                {column.title}
              </label>
              <IconButton
                label={`Move ${column.title} to the left`}
                className="size-6"
                disabled={index === 0}
                onClick={() => columns.move(id, -1)}
              >
                <ArrowUp size={14} />
              </IconButton>
              <IconButton
                label={`Move ${column.title} to the right`}
                className="size-6"
                disabled={index === columns.order.length - 1}
                onClick={() => columns.move(id, 1)}
              >
                <ArrowDown size={14} />
              </IconButton>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
