import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { IconButton } from "./button.tsx";
import { useFocusBeside } from "./give-back-focus.ts";

/** A list, and beside it what is known of the one that is chosen; where there is little room, over it. */
export function WithInspector({
  inspector,
  children,
}: {
  readonly inspector: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className="relative flex min-h-0 grow">
      <div className="flex min-h-0 min-w-0 grow flex-col">{children}</div>
      {inspector}
    </div>
  );
}

/** Escape closes what stands beside the page, wherever the focus is in it; but for a dialog or a menu, which it closes first. */
export function useEscape(onClose: () => void): void {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const isElsewhere = event.target instanceof Element && event.target.closest('[role="dialog"], [role="menu"]');
      if (event.key === "Escape" && !event.defaultPrevented && !isElsewhere) close.current();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}

/** Escape closes it. */
export function Inspector(props: {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { title, actions, onClose, children } = props;
  const beside = useFocusBeside();
  useEscape(onClose);
  return (
    <aside
      ref={beside}
      tabIndex={-1}
      aria-label={title}
      className="absolute inset-0 z-20 flex min-h-0 flex-col border-line bg-bg md:static md:w-[420px] md:shrink-0 md:border-l"
    >
      <header className="flex min-h-11 items-center gap-2 border-b border-line py-1.5 pr-2 pl-4">
        <h2 className="min-w-0 grow truncate text-section font-semibold" title={title}>
          {title}
        </h2>
        {actions}
        <IconButton label="Close the details" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </header>
      <div
        className="flex min-h-0 grow flex-col gap-4 overflow-auto p-4"
        tabIndex={0}
        role="region"
        aria-label="Details"
      >
        {children}
      </div>
    </aside>
  );
}
