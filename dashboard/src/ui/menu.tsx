import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import { type Needs, useWhyNot } from "../app/may.ts";

export interface MenuItem {
  readonly label: string;
  readonly onSelect: () => void;
  readonly icon?: ReactNode;
  readonly isDangerous?: boolean;
  /** A sentence on why it cannot be chosen now. */
  readonly whyNot?: string | null;
  /** As of Button. */
  readonly needs?: Needs | undefined;
  readonly keys?: string;
}

/** @param trigger a button, which gets what opens the menu */
export function Menu({
  trigger,
  head,
  items,
  onOpen,
}: {
  readonly trigger: ReactNode;
  /** What stands above the items, and cannot be chosen. */
  readonly head?: ReactNode;
  readonly items: readonly (MenuItem | "line")[];
  /** Before it is shown; for what is read only then. */
  readonly onOpen?: () => void;
}) {
  const whyNotOf = useWhyNot();
  return (
    <DropdownMenu.Root onOpenChange={(isOpen) => (isOpen ? onOpen?.() : undefined)}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          className="z-50 max-h-[70vh] min-w-44 overflow-auto rounded-panel border border-line bg-raised p-1 shadow-lg"
        >
          {head === undefined ? null : <DropdownMenu.Label className="px-2 py-1">{head}</DropdownMenu.Label>}
          {items.map((item, index) => {
            if (item === "line") {
              return <DropdownMenu.Separator key={`line-${index}`} className="my-1 h-px bg-line" />;
            }
            const reason = whyNotOf(item.needs) ?? item.whyNot ?? null;
            return (
              <DropdownMenu.Item
                key={item.label}
                disabled={reason !== null}
                title={reason ?? undefined}
                onSelect={item.onSelect}
                className={`flex h-7 items-center gap-2 rounded-control px-2 -outline-offset-2 select-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover ${item.isDangerous === true ? "text-state-failed" : ""}`}
              >
                {item.icon}
                <span className="grow">{item.label}</span>
                {item.keys === undefined ? null : <kbd className="text-meta text-faint">{item.keys}</kbd>}
              </DropdownMenu.Item>
            );
          })}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
