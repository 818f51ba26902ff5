import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { inspectorWidths, setPreferences, toInspectorWidth, usePreferences } from "../app/preferences.ts";
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

/** The edge by which what stands at the right is made wider or narrower. It stays so. */
export function InspectorEdge() {
  const { inspectorPx } = usePreferences();
  const dragged = useRef<number | null>(null);
  const set = (px: number): void => setPreferences({ inspectorPx: toInspectorWidth(px) });
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: inspectorPx + 20,
    ArrowRight: inspectorPx - 20,
    Home: inspectorWidths.least,
    End: inspectorWidths.most,
  };
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Width of the details"
      aria-valuemin={inspectorWidths.least}
      aria-valuemax={inspectorWidths.most}
      aria-valuenow={inspectorPx}
      title="Drag to make it wider or narrower; a double click makes it as wide as it was at first"
      className="absolute inset-y-0 left-0 z-10 hidden w-1.5 cursor-ew-resize touch-none hover:bg-accent focus-visible:bg-accent active:bg-accent md:block"
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={({ buttons, currentTarget, clientX }) => {
        if (buttons !== 1 || currentTarget.parentElement === null) return;
        dragged.current = toInspectorWidth(currentTarget.parentElement.getBoundingClientRect().right - clientX);
        // What moves with the pointer is not rendered.
        document.documentElement.style.setProperty("--inspector", `${dragged.current}px`);
      }}
      onPointerUp={() => {
        if (dragged.current !== null) set(dragged.current);
        dragged.current = null;
      }}
      onDoubleClick={() => set(inspectorWidths.usual)}
      onKeyDown={(event) => {
        const px = steps[event.key];
        if (px === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        set(px);
      }}
    />
  );
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
      className="absolute inset-0 z-20 flex min-h-0 flex-col border-line bg-bg md:relative md:w-[min(var(--inspector),70vw)] md:shrink-0 md:border-l"
    >
      <InspectorEdge />
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
