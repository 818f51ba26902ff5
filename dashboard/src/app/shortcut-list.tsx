import { Dialog } from "../ui/dialog.tsx";
import { setPreferences, usePreferences } from "./preferences.ts";
import { useActiveShortcuts } from "./shortcuts.ts";

export function ShortcutList({ onClose }: { readonly onClose: () => void }) {
  const { shortcuts: areOn } = usePreferences();
  const shortcuts = useActiveShortcuts();
  return (
    <Dialog title="Shortcuts" isOpen onClose={onClose}>
      <label className="mb-3 flex items-center gap-2">
        <input
          type="checkbox"
          checked={areOn}
          onChange={(event) => setPreferences({ shortcuts: event.target.checked })}
        />
        Single keys are shortcuts (Ctrl K always is)
      </label>
      <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1.5">
        {shortcuts.map(({ keys, does }) => (
          <div key={keys} className="contents">
            <dt>
              <kbd className="rounded-control border border-line bg-panel px-1.5 font-mono text-small">
                {keys.replace("mod+", "Ctrl ")}
              </kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
