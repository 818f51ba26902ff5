import { Link, type LinkProps } from "@tanstack/react-router";
import { clsx } from "clsx";
import { type ReactNode, useEffect } from "react";

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
      <div className="flex shrink-0 flex-wrap items-center gap-2">{actions}</div>
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
  return (
    <nav aria-label={label} className="flex shrink-0 gap-1 overflow-x-auto overflow-y-hidden border-b border-line px-3">
      {items.map((item) => (
        <Link
          key={item.id}
          {...item.link}
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
