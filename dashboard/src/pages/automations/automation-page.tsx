import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { Automation } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useCarefulSave } from "../../api/careful-save.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { toCommand } from "../../format/shell.ts";
import { Button } from "../../ui/button.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { PageHead, Tabs } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { say } from "../../ui/toast.ts";
import { actionsWords, triggerWords } from "./automation-words.ts";
import { EnabledSwitch } from "./automations-page.tsx";
import { Builder } from "./builder.tsx";
import { fromDraft, toDraft } from "./draft.ts";
import { EvaluationHistory } from "./evaluation-history.tsx";
import { FiringHistory } from "./firing-history.tsx";

export function AutomationPage() {
  const { id } = useParams({ from: "/automations/automation/$id" });
  const query = useLive({
    key: ["automation", id],
    read: () => api.readObject("automation", id),
    concerns: ofKind("automation"),
    resource: `millrace.automation.${id}`,
  });
  return (
    <Loaded query={query} title="Automation">
      {(automation) =>
        automation === null ? (
          <>
            <PageHead title="Automation" />
            <Empty title="There is no such automation">It was deleted, or belongs to another ledger.</Empty>
          </>
        ) : (
          <Shown key={automation.id} automation={automation} />
        )
      }
    </Loaded>
  );
}

function Shown({ automation }: { readonly automation: Automation }) {
  const { id, name, trigger, owner, actions = [] } = automation;
  const { tab = "history" } = useSearch({ from: "/automations/automation/$id" });
  const navigate = useNavigate();
  const [isDeleting, setDeleting] = useState(false);
  const to = "/automations/automation/$id";
  const words = `${triggerWords(trigger)}: ${actionsWords(actions)}`;
  return (
    <>
      <PageHead
        title={name}
        facts={
          <span className="min-w-0 truncate" title={automation.description ?? words}>
            {words}
          </span>
        }
        actions={
          <>
            <span className="text-muted">{automation.enabled ? "Enabled" : "Paused"}</span>
            <EnabledSwitch automation={automation} />
            <Button kind="danger" needs={["deleteObject", "automation"]} onClick={() => setDeleting(true)}>
              Delete the automation
            </Button>
          </>
        }
      />
      {owner === null ? null : (
        <p className="px-4 pb-2 text-muted">
          It belongs to a deployment, and is written anew each time that is deployed. What is changed here does not
          stay.
        </p>
      )}
      <Tabs
        label="Views of the automation"
        selected={tab}
        items={[
          { id: "history", label: "History", link: { to, params: { id }, search: {} } },
          { id: "evaluations", label: "Evaluations", link: { to, params: { id }, search: { tab: "evaluations" } } },
          { id: "edit", label: "Edit and try", link: { to, params: { id }, search: { tab: "edit" } } },
        ]}
      />
      {tab === "history" ? <FiringHistory automation={automation} /> : null}
      {tab === "evaluations" ? <EvaluationHistory automation={automation} /> : null}
      {tab === "edit" ? <Editor automation={automation} /> : null}
      {isDeleting ? (
        <FormDialog
          title="Delete the automation?"
          description={`${name} goes with its history. This cannot be undone; paused, it would stay and do nothing.`}
          verb="Delete the automation"
          isDangerous
          command={toCommand("automation", "delete", name)}
          onClose={() => setDeleting(false)}
          onSubmit={async () => {
            await api.deleteObject("automation", id);
            await navigate({ to: "/automations", search: {} });
          }}
        />
      ) : null}
    </>
  );
}

function Editor({ automation }: { readonly automation: Automation }) {
  const { id } = automation;
  const { step = "trigger" } = useSearch({ from: "/automations/automation/$id" });
  const [draft, setDraft] = useState(() => toDraft(automation));
  const [opened] = useState(automation);
  const saveCarefully = useCarefulSave(opened, {
    name: "Name",
    description: "Description",
    tags: "Tags",
    trigger: "Trigger",
    actions: "Actions",
    actionsOnTrigger: "Actions on entering",
    actionsOnResolve: "Actions on resolving",
  });
  return (
    <Builder
      draft={draft}
      onChange={setDraft}
      step={step}
      linkOf={(next) => ({
        to: "/automations/automation/$id",
        params: { id },
        search: { tab: "edit", step: next },
      })}
      verb="Save the automation"
      onSave={async () => {
        const { enabled, ...given } = fromDraft(draft);
        // The switch in the head changes it too, so it is sent only where it was changed here.
        const change = enabled === opened.enabled ? given : { ...given, enabled };
        const saved = await saveCarefully({
          read: () => api.readObject("automation", id),
          save: (revision) => api.updateObject("automation", id, change, revision),
        });
        say(`Saved the automation ${saved.name}`);
      }}
    />
  );
}
