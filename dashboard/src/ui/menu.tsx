import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";

export interface MenuItem {
  readonly label: string;
  readonly onSelect: () => void;
  readonly icon?: ReactNode;
  readonly isDangerous?: boolean;
  /** A sentence on why it cannot be chosen now. */
  readonly whyNot?: string | null;
  readonly keys?: string;
}

/** @param trigger a button, which gets what opens the menu */
export function Menu({
  trigger,
  items,
  onOpen,
}: {
  readonly trigger: ReactNode;
  readonly items: readonly (MenuItem | "line")[];
  /** Before it is shown; for what is read only then. */
  readonly onOpen?: () => void;
}) {
  return (
    <DropdownMenu.Root onOpenChange={(isOpen) => (isOpen ? onOpen?.() : undefined)}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          className="z-50 max-h-[70vh] min-w-44 overflow-auto rounded-panel border border-line bg-raised p-1 shadow-lg"
        >
          {items.map((item, index) =>
            item === "line" ? (
              <DropdownMenu.Separator key={`line-${index}`} className="my-1 h-px bg-line" />
            ) : (
              <DropdownMenu.Item
                key={item.label}
                disabled={item.whyNot !== undefined && item.whyNot !== null}
                title={item.whyNot ?? undefined}
                onSelect={item.onSelect}
                className={`flex h-7 items-center gap-2 rounded-control px-2 -outline-offset-2 select-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover ${item.isDangerous === true ? "text-state-failed" : ""}`}
              >
                {item.icon}
                <span className="grow">{item.label}</span>
                {item.keys === undefined ? null : <kbd className="text-meta text-faint">{item.keys}</kbd>}
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
