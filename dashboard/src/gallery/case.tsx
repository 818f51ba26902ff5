import type { ReactNode } from "react";

/** What belongs together, under the name of its file. */
export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-3">
      <h2 className="border-b border-line pb-1 text-section font-semibold">{title}</h2>
      {children}
    </section>
  );
}

/** One state of a part, with what it is. */
export function Case({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div data-case className="flex min-w-0 flex-col items-start gap-1">
      <span className="text-small text-muted">{title}</span>
      {children}
    </div>
  );
}

/** Beside each other, as far as there is room. */
export function Cases({ children }: { readonly children: ReactNode }) {
  return <div className="flex flex-wrap items-start gap-x-8 gap-y-4">{children}</div>;
}

/** A part that takes the width of its page, in a box in place of that. */
export function Framed({ children, height }: { readonly children: ReactNode; readonly height?: number }) {
  return (
    <div
      className="flex w-full max-w-[880px] min-w-0 flex-col overflow-hidden rounded-panel border border-line"
      style={height === undefined ? {} : { height }}
    >
      {children}
    </div>
  );
}
