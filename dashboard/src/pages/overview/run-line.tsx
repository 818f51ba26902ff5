import { Link } from "@tanstack/react-router";
import type { FlowRunRow } from "millrace/client";
import type { ReactNode } from "react";
import { lookOf, toWords } from "../../states/families.ts";
import { Glyph } from "../../states/state-badge.tsx";

/** A run in one line of a short list. */
export function RunLine({ run, aside }: { readonly run: FlowRunRow; readonly aside: ReactNode }) {
  const { family, glyph } = lookOf(run.state);
  return (
    <li className="flex min-h-8 items-center gap-2 border-b border-line px-3 last:border-0 hover:bg-hover">
      <Glyph name={glyph} family={family} label={toWords(run.state.name)} />
      <Link
        to="/runs/flow-run/$id"
        params={{ id: run.id }}
        search={{}}
        className="min-w-0 grow truncate hover:underline"
        title={`${run.flowName} / ${run.name}`}
      >
        <span className="font-medium">{run.flowName}</span> <span className="text-muted">{run.name}</span>
      </Link>
      <span className="shrink-0 text-muted">{aside}</span>
    </li>
  );
}
