/** The same once more, with what is changed of its parameters. */

import { Link } from "@tanstack/react-router";
import type { Deployment, FlowRun, JsonObject } from "millrace/client";
import { useMemo, useState } from "react";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";
import { SchemaForm } from "../../../schema-form/schema-form.tsx";
import { useValueFaults } from "../../../schema-form/use-value-faults.ts";
import { Field, TextInput } from "../../../ui/field.tsx";
import { toWord } from "../../../format/shell.ts";
import { Loaded } from "../../../ui/states-of-loading.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { ActionDialog } from "./action-dialog.tsx";
import { givenParameters } from "./run-parameters.ts";

const anything: JsonObject = { type: "object", additionalProperties: true };

export function RerunDialog({ run, onClose }: { readonly run: FlowRun; readonly onClose: () => void }) {
  const { deploymentId } = run;
  const query = useLive({
    key: ["deployment", deploymentId],
    read: async () => ({ deployment: deploymentId === null ? null : await api.readObject("deployment", deploymentId) }),
  });
  if (query.data === undefined) {
    return (
      <Dialog title="Run again" isOpen onClose={onClose}>
        <Loaded query={query}>{() => null}</Loaded>
      </Dialog>
    );
  }
  return <Rerun run={run} deployment={query.data.deployment} onClose={onClose} />;
}

function Rerun(props: { readonly run: FlowRun; readonly deployment: Deployment | null; readonly onClose: () => void }) {
  const { run, deployment, onClose } = props;
  const given = useMemo(() => givenParameters(run), [run]);
  const [values, setValues] = useState(given.values);
  const [name, setName] = useState("");
  const [isReadable, setReadable] = useState(true);
  const schema = deployment?.parameterSchema ?? anything;
  const { faults } = useValueFaults(deployment?.parameterSchema ?? null, values);
  const isChecked = deployment != null && deployment.enforcesSchema !== false;
  const changed = Object.entries(values).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(given.values[key]),
  );
  const params = JSON.stringify(deployment === null ? Object.fromEntries(changed) : values);
  const command =
    deployment === null
      ? ["millrace", "flow-run", "rerun", run.id, ...(changed.length === 0 ? [] : ["--params", params])]
      : [
          "millrace",
          "deployment",
          "run",
          `${deployment.flowName}/${deployment.name}`,
          "--params",
          params,
          ...(name === "" ? [] : ["--name", name]),
        ];
  return (
    <ActionDialog
      title="Run again with edits"
      description={
        deployment === null
          ? "This run has no deployment, so its code is started by the command below. The old run stays as it is."
          : `A new run of ${deployment.flowName}/${deployment.name} is submitted with these parameters, over those of the deployment. The old run stays as it is.`
      }
      verb={deployment === null ? null : "Submit run"}
      whyNot={
        isReadable
          ? isChecked && faults.length > 0
            ? "The deployment checks its parameters, and these have faults"
            : null
          : "What is typed cannot be read yet"
      }
      commands={[command.map(toWord).join(" ")]}
      isWide
      onClose={onClose}
      act={async () => {
        const { run: made } = await api.submitRun({
          deployment: deployment?.id ?? "",
          parameters: values,
          tags: run.tags,
          ...(name.trim() === "" ? {} : { name: name.trim() }),
          ...(deployment?.enforcesSchema === undefined ? {} : { enforcesSchema: deployment.enforcesSchema }),
        });
        return (
          <p>
            <Link to="/runs/flow-run/$id" params={{ id: made.id }} search={{}} className="link" onClick={onClose}>
              {made.name}
            </Link>{" "}
            is {made.state.name.toLowerCase()}.
          </p>
        );
      }}
    >
      {given.secret.length === 0 ? null : (
        <p className="text-state-attention">
          These held a secret and are not shown; give them again where they are needed: {given.secret.join(", ")}.
        </p>
      )}
      <SchemaForm
        schema={schema}
        value={values}
        onChange={setValues}
        faults={faults}
        label="Parameters"
        onReadable={setReadable}
      />
      {deployment === null ? null : (
        <Field label="Name of the run" hint="Default: one is made up.">
          {(ids) => <TextInput {...ids} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
      )}
    </ActionDialog>
  );
}
