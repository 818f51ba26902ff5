import { Link, type LinkProps } from "@tanstack/react-router";
import { clsx } from "clsx";
import { type ReactNode, useEffect, useRef } from "react";

/** The head of a page: what it is, its key facts, and what can be done. Sets the window's title. */
export function PageHead(props: {
  readonly title: string;
  readonly above?: ReactNode;
  readonly facts?: ReactNode;
  readonly actions?: ReactNode;
}) {
  const { title, above, facts, actions } = props;
  useEffect(() => {
    document.title = `${title} · Millrace`;
  }, [title]);
  return (
    <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
      <div className="flex min-w-0 items-center gap-2">
        {above}
        <h1 className="min-w-0 truncate text-title font-semibold" title={title}>
          {title}
        </h1>
      </div>
      <div className="flex min-w-0 grow flex-wrap items-center gap-x-4 gap-y-1 text-muted">{facts}</div>
      <div className="flex max-w-full shrink-0 flex-wrap items-center gap-2">{actions}</div>
    </header>
  );
}

export interface TabItem {
  readonly id: string;
  readonly label: string;
  readonly count?: ReactNode;
  readonly link: LinkProps;
}

/** Views of one thing: each is an address. */
export function Tabs({
  items,
  selected,
  label,
}: {
  readonly items: readonly TabItem[];
  readonly selected: string;
  readonly label: string;
}) {
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    const chosen = bar.current?.querySelector<HTMLElement>('[aria-current="page"]') ?? null;
    if (bar.current !== null && chosen !== null) showWithin(bar.current, chosen);
  }, [selected]);
  return (
    <nav
      ref={bar}
      aria-label={label}
      className="flex shrink-0 gap-1 overflow-x-auto overflow-y-hidden border-b border-line px-3"
    >
      {items.map((item) => (
        <Link
          key={item.id}
          {...item.link}
          // By itself a link also counts as current when its search is a part of the address, as that of the first tab always is.
          activeOptions={{ exact: true }}
          aria-current={item.id === selected ? "page" : undefined}
          className={clsx(
            "-mb-px flex h-9 items-center gap-1.5 border-b-2 px-2 whitespace-nowrap",
            item.id === selected ? "border-accent font-medium text-fg" : "border-transparent text-muted hover:text-fg",
          )}
        >
          {item.label}
          {item.count === undefined ? null : <span className="text-small text-faint">{item.count}</span>}
        </Link>
      ))}
    </nav>
  );
}

/** Scrolls sideways only, and only where it has to: the whole page stays where it is. */
function showWithin(bar: HTMLElement, chosen: HTMLElement): void {
  const [around, inside] = [bar.getBoundingClientRect(), chosen.getBoundingClientRect()];
  if (inside.right > around.right) bar.scrollLeft += inside.right - around.right + tabMargin;
  else if (inside.left < around.left) bar.scrollLeft -= around.left - inside.left + tabMargin;
}

/** So much of the next one is seen, in px: there is more. */
const tabMargin = 24;
