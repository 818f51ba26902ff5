/** What stands where data will be: nothing at first, then a sketch of it; an error with what to do; or that there is none. */

import type { UseQueryResult } from "@tanstack/react-query";
import { isMillraceError } from "millrace/client";
import { type ReactNode, useEffect, useState } from "react";
import { isOffline } from "../api/api.ts";
import { Button } from "./button.tsx";
import { PageHead } from "./page.tsx";

/** What is there sooner needs no sketch. */
const sketchAfterMs = 150;

export function Sketch({ rows = 6 }: { readonly rows?: number }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), sketchAfterMs);
    return () => clearTimeout(timer);
  }, []);
  if (!isLate) return null;
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-3 p-4">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="h-3 rounded-control bg-panel" style={{ width: `${90 - ((index * 17) % 45)}%` }} />
      ))}
    </div>
  );
}

/** A sketch while the answer is waited for. @param reason why there was none, where it was asked for in vain */
export function Waiting({ reason, rows }: { readonly reason: unknown; readonly rows?: number }) {
  return (
    <>
      {reason === null ? null : (
        <p role="status" className="px-4 pt-4 text-muted">
          {isOffline(reason) || !(reason instanceof Error) ? "The server does not answer." : reason.message} It is asked
          again by itself every few seconds, and this page goes on then.
        </p>
      )}
      <Sketch {...(rows === undefined ? {} : { rows })} />
    </>
  );
}

export function ErrorNote(props: {
  readonly error: unknown;
  readonly onRetry?: () => void;
  /** Default: room around it. */
  readonly className?: string;
}) {
  const { error, onRetry, className = "m-4" } = props;
  const known = isMillraceError(error) ? error : null;
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div role="alert" className={`max-w-[72ch] rounded-panel border border-failed p-3 ${className}`}>
      <p className="font-medium">{message}</p>
      {known === null ? null : (
        <p className="mt-1 text-muted">
          {known.fix} <code className="font-mono text-small">{known.code}</code>
        </p>
      )}
      {onRetry === undefined ? null : (
        <Button className="mt-2" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

export function Empty(props: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="mx-auto flex w-full max-w-[72ch] flex-col items-center gap-2 px-4 py-12 text-center">
      <p className="text-section font-semibold">{props.title}</p>
      {/* A long command in it scrolls, and the page does not. */}
      <div className="max-w-full min-w-0 text-muted">{props.children}</div>
    </div>
  );
}

/** Shows what a query has; before that a sketch, and what went wrong instead. */
export function Loaded<T>(props: {
  readonly query: UseQueryResult<T>;
  /** Heads the page where there is nothing else to head it, for a query that a page as a whole is of. */
  readonly title?: string;
  readonly rows?: number;
  readonly children: (value: T) => ReactNode;
}) {
  const { query, title, rows, children } = props;
  if (query.data !== undefined) return <>{children(query.data)}</>;
  const head = title === undefined ? null : <PageHead title={title} />;
  if (query.error !== null && !isOffline(query.error)) {
    return (
      <>
        {head}
        <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      </>
    );
  }
  return (
    <>
      {query.failureReason === null ? null : head}
      <Waiting reason={query.failureReason} {...(rows === undefined ? {} : { rows })} />
    </>
  );
}
