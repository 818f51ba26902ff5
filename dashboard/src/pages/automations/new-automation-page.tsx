import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { PageHead } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { readEvent } from "../events/read-event.ts";
import { Builder } from "./builder.tsx";
import { type Draft, draftOfEvent, emptyDraft, fromDraft, templates } from "./draft.ts";

export function NewAutomationPage() {
  const { event, template } = useSearch({ from: "/automations/new" });
  const query = useQuery({
    queryKey: ["draft", event ?? null],
    queryFn: () => (event === undefined ? null : readDraft(event)),
    staleTime: Infinity,
  });
  return (
    <>
      <PageHead title="New automation" />
      <Loaded query={query}>
        {(ofEvent) => (
          <NewBuilder
            key={`${template} ${event}`}
            initial={ofEvent ?? { ...emptyDraft, ...templates[template ?? ""]?.draft }}
          />
        )}
      </Loaded>
    </>
  );
}

async function readDraft(reference: string): Promise<Draft | null> {
  const event = await readEvent(reference);
  if (event === null) return null;
  const run = event.flowRunId === null ? null : await api.readFlowRun(event.flowRunId);
  if (run === null) return draftOfEvent(event, null);
  const where = { field: "name", in: [run.flowName] };
  const [flow] = (await api.listObjects("flow", { where }, { limit: 1 })).items;
  return draftOfEvent(event, flow === undefined ? null : `millrace.flow.${flow.id}`);
}

function NewBuilder({ initial }: { readonly initial: Draft }) {
  const search = useSearch({ from: "/automations/new" });
  const navigate = useNavigate();
  const [draft, setDraft] = useState(initial);
  return (
    <Builder
      draft={draft}
      onChange={setDraft}
      step={search.step ?? "trigger"}
      linkOf={(step) => ({ to: "/automations/new", search: { ...search, step } })}
      verb="Create the automation"
      onSave={async () => {
        const made = await api.createObject("automation", { ...fromDraft(draft), owner: null });
        void navigate({ to: "/automations/automation/$id", params: { id: made.id }, search: {} });
      }}
      above={
        <nav aria-label="Templates" className="flex flex-wrap items-center gap-1">
          <span className="text-muted">Begin with:</span>
          {Object.entries(templates).map(([template, { title }]) => (
            <Link
              key={template}
              to="/automations/new"
              search={{ template }}
              aria-current={search.template === template ? "true" : undefined}
              className="flex min-h-6 items-center rounded-xl py-0.5 border border-line px-2 text-small hover:bg-hover aria-[current]:bg-selected"
            >
              {title}
            </Link>
          ))}
        </nav>
      }
    />
  );
}
