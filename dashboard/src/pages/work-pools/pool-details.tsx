import type { WorkPool } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useCarefulSave } from "../../api/careful-save.ts";
import { readNow } from "../../format/now.ts";
import { toCommand } from "../../format/shell.ts";
import { Button } from "../../ui/button.tsx";
import { ShortId } from "../../ui/copy.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { JsonField } from "../../ui/json-field.tsx";
import { parseJsonObject } from "../../ui/parse-json.ts";
import { Code, Facts } from "../../ui/panel.tsx";
import { Ago } from "../../ui/when.tsx";
import type { PoolFacts } from "./pool-facts.ts";
import { healthOf } from "./pool-health.ts";

export function PoolDetails({ facts }: { readonly facts: PoolFacts }) {
  const { pool, active } = facts;
  return (
    <div className="overflow-auto p-4">
      <Facts
        items={[
          ["Id", <ShortId key="id" id={pool.id} />],
          ["Type", pool.type],
          ["State", healthOf(facts, readNow()).why],
          ["Limit", pool.concurrencyLimit == null ? "None" : `${active} of ${pool.concurrencyLimit} runs`],
          ["Description", pool.description ?? "–"],
          ["Created", <Ago key="created" at={pool.createdAt} />],
          ["Changed", <Ago key="changed" at={pool.updatedAt} />],
        ]}
      />
    </div>
  );
}

export function PoolTemplate({ pool }: { readonly pool: WorkPool }) {
  const [isEditing, setEditing] = useState(false);
  const template = pool.baseJobTemplate ?? {};
  const text = JSON.stringify(template, null, 2);
  return (
    <div className="flex flex-col gap-3 overflow-auto p-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="max-w-[72ch] text-muted">
          What a worker makes the job of a run of: deployments and runs give values for its variables.
        </p>
        <Button needs="updateWorkPool" onClick={() => setEditing(true)}>
          Edit the job template
        </Button>
      </div>
      {Object.keys(template).length === 0 ? (
        <p>It has none: job variables of its runs are not checked.</p>
      ) : (
        <Code text={text} label="Base job template" />
      )}
      {isEditing ? <EditTemplate pool={pool} text={text} onClose={() => setEditing(false)} /> : null}
    </div>
  );
}

function EditTemplate(props: { readonly pool: WorkPool; readonly text: string; readonly onClose: () => void }) {
  const { pool, onClose } = props;
  const [text, setText] = useState(props.text);
  const parsed = parseJsonObject(text);
  const saveCarefully = useCarefulSave(pool, { baseJobTemplate: "The job template" });
  return (
    <FormDialog
      title="Edit the job template"
      description="The defaults of its variables are held against their schema when it is saved."
      verb="Save the job template"
      isWide
      whyNot={parsed.fault}
      command={toCommand("work-pool", "update", pool.name, "--base-job-template", "@template.json")}
      onClose={onClose}
      onSubmit={() =>
        saveCarefully({
          read: () => api.readObject("work-pool", pool.id),
          save: () =>
            api.updateWorkPool(pool.id, {
              baseJobTemplate: parsed.fault === null ? ((parsed.value ?? {}) as Readonly<Record<string, unknown>>) : {},
            }),
        })
      }
    >
      <JsonField label="Base job template" text={text} onChange={setText} fault={parsed.fault} />
    </FormDialog>
  );
}
