import { clsx } from "clsx";
import type { ReactNode } from "react";

/** A part of a page with a heading. */
export function Panel(props: {
  readonly title?: string;
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  const { title, aside, className, children } = props;
  return (
    <section
      className={clsx("rounded-panel border border-line", className)}
      {...(title === undefined ? {} : { "aria-label": title })}
    >
      {title === undefined ? null : (
        <header className="flex min-h-9 flex-wrap items-center justify-between gap-x-2 border-b border-line px-3 py-0.5">
          <h2 className="min-w-0 font-semibold [overflow-wrap:anywhere]">{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}

/** Names and values, in two columns that line up. */
export function Facts({ items }: { readonly items: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    // A row is as high with a button in it as without, and links of two rows are far enough apart for a finger.
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] items-baseline gap-x-4 gap-y-px leading-6">
      {items.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** JSON or other text as it is, that does not push the page apart. */
export function Code({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    // Scrolls, so the keyboard must reach it.
    <pre
      tabIndex={0}
      role="region"
      aria-label={label}
      className="max-h-96 overflow-auto rounded-control bg-panel p-2 font-mono text-small whitespace-pre-wrap break-words"
    >
      {text}
    </pre>
  );
}
