import { clsx } from "clsx";
import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { type ReactNode, useId } from "react";
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

/** Of several one holds, and is marked. */
export interface MenuChoice {
  readonly title: string;
  readonly chosen: string;
  readonly options: readonly { readonly value: string; readonly label: string; readonly icon?: ReactNode }[];
  readonly onChoose: (value: string) => void;
}

const itemLook =
  "flex h-7 items-center gap-2 rounded-control px-2 -outline-offset-2 select-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover";

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
  readonly items: readonly (MenuItem | MenuChoice | "line")[];
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
            if ("options" in item) return <Choice key={item.title} choice={item} />;
            const reason = whyNotOf(item.needs) ?? item.whyNot ?? null;
            return (
              <DropdownMenu.Item
                key={item.label}
                disabled={reason !== null}
                title={reason ?? undefined}
                onSelect={item.onSelect}
                className={clsx(itemLook, item.isDangerous === true && "text-state-failed")}
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

function Choice({ choice: { title, chosen, options, onChoose } }: { readonly choice: MenuChoice }) {
  const titleId = useId();
  return (
    <DropdownMenu.RadioGroup value={chosen} onValueChange={onChoose} aria-labelledby={titleId}>
      <DropdownMenu.Label id={titleId} className="px-2 py-1 text-meta font-semibold text-faint">
        {title}
      </DropdownMenu.Label>
      {options.map(({ value, label, icon }) => (
        <DropdownMenu.RadioItem key={value} value={value} className={itemLook}>
          {icon}
          <span className="grow">{label}</span>
          {value === chosen ? <Check size={14} aria-hidden /> : null}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}
