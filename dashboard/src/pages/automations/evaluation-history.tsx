/** What an automation was evaluated to and why, also where nothing came of it. */

import type { Automation, KeptEvaluation } from "millrace/client";
import { api } from "../../api/api.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import type { Family, GlyphName } from "../../states/families.ts";
import { familyText, Glyph } from "../../states/state-badge.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago } from "../../ui/when.tsx";

export function useEvaluations(automationId: string) {
  return useLive({
    key: ["automation", automationId, "evaluations"],
    read: () => api.listEvaluations(automationId),
    concerns: ofKind("automation"),
    everyMs: 10_000,
  });
}

export function EvaluationHistory({ automation }: { readonly automation: Automation }) {
  const query = useEvaluations(automation.id);
  return (
    <Loaded query={query} title="Evaluations">
      {(evaluations) =>
        evaluations.length === 0 ? (
          <Empty title="It has not been evaluated yet">
            {automation.enabled ? "This page waits for the first time." : "It is paused: nothing is evaluated."}
          </Empty>
        ) : (
          <Table label="Evaluations" columns={columnsOf(evaluations)} rows={evaluations} keyOf={keyOf} />
        )
      }
    </Loaded>
  );
}

function keyOf({ path, key, outcome, firstAt, at }: KeptEvaluation): string {
  return JSON.stringify([path, key, outcome, firstAt, at]);
}

type Look = readonly [family: Family, glyph: GlyphName];

/** Most come to nothing, and look so. */
function lookOf(outcome: KeptEvaluation["outcome"]): Look {
  if (outcome === "fired") return ["completed", "check"];
  return outcome === "failed" ? ["failed", "cross"] : ["waiting", "ring"];
}

/** The column for the values of for-each, only where there are any. */
function columnsOf(evaluations: readonly KeptEvaluation[]): readonly Column<KeptEvaluation>[] {
  const isSplit = evaluations.some(({ key }) => key.length > 0);
  return columns.filter(({ id }) => id !== "for" || isSplit);
}

const columns: readonly Column<KeptEvaluation>[] = [
  { id: "at", title: "When", width: "84px", cell: ({ at }) => <Ago at={at} className="text-muted" /> },
  {
    id: "outcome",
    title: "Outcome",
    width: "110px",
    cell: ({ outcome }) => {
      const [family, glyph] = lookOf(outcome);
      return (
        <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${familyText[family]}`}>
          <Glyph name={glyph} family={family} />
          {outcome}
        </span>
      );
    },
  },
  { id: "for", title: "For", width: "minmax(80px, 1fr)", cell: ({ key }) => <Cut words={key.join(", ")} /> },
  { id: "why", title: "Why", width: "minmax(120px, 2fr)", cell: ({ text }) => <Cut words={text} /> },
  { id: "count", title: "Times", width: "64px", align: "right", isExtra: true, cell: ({ count }) => count },
];

function Cut({ words }: { readonly words: string }) {
  return (
    <span className="truncate" title={words}>
      {words}
    </span>
  );
}
