import { Link } from "@tanstack/react-router";
import { isTerminal, type FlowRun } from "millrace/client";
import { lookOf } from "../../states/families.ts";
import { Glyph } from "../../states/state-badge.tsx";

/** What went wrong, in a line, and where it can be looked into. */
export function RunFailure({ run }: { readonly run: FlowRun }) {
  const { family, glyph } = lookOf(run.state);
  const isBad = isTerminal(run.state.type) && (family === "failed" || family === "crashed");
  const message = run.error?.message ?? run.state.message ?? null;
  if (!isBad || message === null) return null;
  const toTab = (search: Readonly<Record<string, string>>) =>
    ({ to: "/runs/flow-run/$id", params: { id: run.id }, search }) as const;
  return (
    <section
      aria-label="What went wrong"
      className="mx-4 mb-2 flex flex-wrap items-start gap-x-4 gap-y-1 rounded-panel border border-line bg-panel px-3 py-2"
    >
      <p className="flex min-w-0 grow basis-80 gap-2">
        <span className="mt-1">
          <Glyph name={glyph} family={family} />
        </span>
        <span className="line-clamp-3 min-w-0 break-words" title={message.slice(0, 2000)}>
          {run.error === null ? null : <span className="font-medium">{run.error.code ?? run.error.name}: </span>}
          {message.slice(0, 2000)}
        </span>
      </p>
      <span className="flex gap-3">
        <Link {...toTab({ tab: "details" })} className="link">
          See the error
        </Link>
        <Link {...toTab({ sort: "failed" })} className="link">
          Failed tasks first
        </Link>
      </span>
    </section>
  );
}
