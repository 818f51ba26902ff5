import { X } from "lucide-react";
import { Dialog as Parts } from "radix-ui";
import type { ReactNode } from "react";
import { IconButton } from "./button.tsx";
import { useFocusKeeper } from "./give-back-focus.ts";

/** For what must be decided before going on; details belong into the page. */
export function Dialog(props: {
  readonly title: string;
  /** What is about to happen, in a sentence. */
  readonly description?: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons, the one that goes ahead last. */
  readonly footer?: ReactNode;
  readonly isWide?: boolean;
  /** Closed by its buttons alone: what it shows is gone then. */
  readonly isHeld?: boolean;
}) {
  const { title, description, isOpen, onClose, children, footer, isWide = false, isHeld = false } = props;
  const focus = useFocusKeeper();
  const hold = (event: Event): void => (isHeld ? event.preventDefault() : undefined);
  return (
    <Parts.Root open={isOpen} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Parts.Portal>
        <Parts.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Parts.Content
          {...focus}
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
          onEscapeKeyDown={hold}
          onInteractOutside={hold}
          className={`fixed top-[10vh] left-1/2 z-50 flex max-h-[80vh] ${isWide ? "w-[min(760px,calc(100vw-16px))]" : "w-[min(480px,calc(100vw-16px))]"} -translate-x-1/2 flex-col rounded-dialog border border-line bg-raised shadow-xl`}
        >
          <header className="flex items-center justify-between gap-2 border-b border-line py-2 pr-2 pl-4">
            <Parts.Title className="text-section font-semibold">{title}</Parts.Title>
            {isHeld ? null : (
              <Parts.Close asChild>
                <IconButton label="Close">
                  <X size={16} />
                </IconButton>
              </Parts.Close>
            )}
          </header>
          <div className="min-h-0 overflow-auto p-4">
            {description === undefined ? null : (
              <Parts.Description className="mb-3 text-muted">{description}</Parts.Description>
            )}
            {children}
          </div>
          {footer === undefined ? null : (
            <footer className="flex justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>
          )}
        </Parts.Content>
      </Parts.Portal>
    </Parts.Root>
  );
}
