/** What is around every page: the top bar, the places there are, the palette. */

import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { clsx } from "clsx";
import { Keyboard, Menu as MenuIcon, PanelLeftClose, PanelLeftOpen, Search } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Toaster } from "sonner";
import { IconButton } from "../ui/button.tsx";
import { focusPage } from "../ui/give-back-focus.ts";
import { late } from "../ui/late.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { LiveChip } from "./live-chip.tsx";
import { LooksMenu } from "./looks-menu.tsx";
import { groups, places } from "./navigation.ts";
import { getPreferences, setPreferences, usePreferences } from "./preferences.ts";
import { useShortcuts } from "./shortcuts.ts";
import { WorkspaceMenu } from "./workspace-menu.tsx";

const Palette = late(async () => (await import("./palette.tsx")).Palette);
const ShortcutList = late(async () => (await import("./shortcut-list.tsx")).ShortcutList);

/** The page comes first, in ms. */
const paletteAfterMs = 1500;

export function Frame() {
  const navigate = useNavigate();
  const [open, setOpen] = useState<"palette" | "shortcuts" | "places" | null>(null);
  // Who opens it goes on typing at once: it is there before.
  useEffect(() => {
    // Where the server is just away, it is loaded when it is opened.
    const loadAhead = (): void => void Palette.load().catch(() => undefined);
    const timer = setTimeout(loadAhead, paletteAfterMs);
    return () => clearTimeout(timer);
  }, []);
  useFocusOfPage();
  useShortcuts(
    useMemo(
      () => [
        { keys: "mod+k", does: "Search and go anywhere", run: () => setOpen("palette") },
        { keys: "/", does: "Search and go anywhere", run: () => setOpen("palette") },
        { keys: "?", does: "Show the shortcuts", run: () => setOpen("shortcuts") },
        { keys: "[", does: "Fold or unfold the places", run: foldPlaces },
        ...places
          .filter(({ key }) => key !== undefined)
          .map(({ key, title, to }) => ({
            keys: `g ${key}`,
            does: `Go to ${title}`,
            run: () => void navigate({ to }),
          })),
      ],
      [navigate],
    ),
  );
  const { isNavFolded } = usePreferences();
  return (
    <div className="grid h-full grid-cols-[minmax(0,1fr)] grid-rows-[44px_minmax(0,1fr)]">
      <a
        href="#main"
        onClick={(event) => {
          // The base of the page is not this address, so that the link by itself would lead to another page.
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
        className="absolute -top-20 left-2 z-50 rounded-control bg-accent px-3 py-2 text-on-accent focus:top-2"
      >
        Skip to the page
      </a>
      <TopBar
        onSearch={() => setOpen("palette")}
        onShortcuts={() => setOpen("shortcuts")}
        onPlaces={() => setOpen("places")}
      />
      <div
        className={clsx(
          "grid min-h-0 grid-cols-[minmax(0,1fr)]",
          isNavFolded ? "md:grid-cols-[48px_minmax(0,1fr)]" : "md:grid-cols-[200px_minmax(0,1fr)]",
        )}
      >
        <SideBar className="hidden md:flex" canFold isFolded={isNavFolded} />
        {open === "places" ? (
          <div className="fixed inset-0 z-40 bg-black/40 md:hidden" onClick={() => setOpen(null)}>
            <SideBar className="h-full w-56 bg-bg" />
          </div>
        ) : null}
        <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-col outline-none">
          <Outlet />
        </main>
      </div>
      {open === "palette" ? <Palette onClose={() => setOpen(null)} /> : null}
      {open === "shortcuts" ? <ShortcutList onClose={() => setOpen(null)} /> : null}
      <Toaster position="bottom-right" theme="system" closeButton />
    </div>
  );
}

/** What had the focus may be gone with the page before: then the new one has it, so that the next key is heard there. */
function useFocusOfPage(): void {
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const before = useRef(path);
  useEffect(() => {
    const isFirst = before.current === undefined;
    before.current = path;
    if (!isFirst && document.activeElement === document.body) focusPage();
  }, [path]);
}

function TopBar(props: {
  readonly onSearch: () => void;
  readonly onShortcuts: () => void;
  readonly onPlaces: () => void;
}) {
  return (
    <header className="flex min-w-0 items-center gap-3 border-b border-line px-3 max-sm:gap-1.5 max-sm:px-2">
      <IconButton label="Show the places" className="md:hidden" onClick={props.onPlaces}>
        <MenuIcon size={16} />
      </IconButton>
      <Link to="/" className="flex shrink-0 items-center gap-2 font-semibold">
        <img src="./icon.svg" alt="" width="20" height="20" />
        <span className="max-sm:sr-only">Millrace</span>
      </Link>
      <WorkspaceMenu />
      <div className="flex min-w-0 grow justify-center">
        <button
          type="button"
          onClick={props.onSearch}
          className="flex h-7 w-full max-w-80 min-w-0 items-center gap-2 rounded-control border border-[var(--control-line)] bg-panel px-2 text-muted hover:bg-hover"
        >
          <Search size={14} />
          <span className="grow truncate text-left">Search or go to…</span>
          <kbd className="hidden text-meta sm:inline">Ctrl K</kbd>
        </button>
      </div>
      <LiveChip />
      <IconButton label="Shortcuts" className="max-sm:hidden" onClick={props.onShortcuts}>
        <Keyboard size={16} />
      </IconButton>
      <LooksMenu />
      <AccountMenu />
    </header>
  );
}

const foldPlaces = (): void => setPreferences({ isNavFolded: !getPreferences().isNavFolded });

function SideBar(props: {
  readonly className?: string;
  readonly canFold?: boolean;
  /** Icons alone: what each is called is told on pointing at it, and to who hears it. */
  readonly isFolded?: boolean;
}) {
  const { className, canFold = false, isFolded = false } = props;
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const isHere = (to: string): boolean => (to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`));
  return (
    <nav aria-label="Places" className={clsx("group/nav flex-col overflow-auto border-r border-line p-2", className)}>
      {groups.map((group) => (
        <div key={group.title} className="mb-3">
          <h2 className={isFolded ? "sr-only" : "px-2 py-1 text-meta font-semibold text-faint"}>{group.title}</h2>
          <ul>
            {group.places.map(({ title, to, icon: Icon }) => (
              <li key={to}>
                <Link
                  to={to}
                  aria-current={isHere(to) ? "page" : undefined}
                  {...(isFolded ? { title } : {})}
                  className={clsx(
                    "flex h-7 items-center gap-2 rounded-control px-2",
                    isHere(to) ? "bg-selected font-medium text-fg" : "text-muted hover:bg-hover hover:text-fg",
                  )}
                >
                  <Icon size={15} strokeWidth={1.75} aria-hidden />
                  <span className={isFolded ? "sr-only" : undefined}>{title}</span>
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
      {canFold ? (
        <IconButton
          label={isFolded ? "Unfold the places" : "Fold the places"}
          onClick={foldPlaces}
          // There for who looks for it: at the pointer, and by keyboard.
          className="mt-auto shrink-0 self-end opacity-0 group-hover/nav:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
        >
          {isFolded ? <PanelLeftOpen size={15} /> : <PanelLeftClose size={15} />}
        </IconButton>
      ) : null}
    </nav>
  );
}
