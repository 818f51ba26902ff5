/** The same once more, with what is changed of its parameters, from its beginning or from a step. */

import { Link } from "@tanstack/react-router";
import { type Deployment, type FlowRun, type JsonObject, runtimeOf } from "millrace/client";
import { useMemo, useState } from "react";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";
import { SchemaForm } from "../../../schema-form/schema-form.tsx";
import { useValueFaults } from "../../../schema-form/use-value-faults.ts";
import { Field, Select, TextInput } from "../../../ui/field.tsx";
import { Loaded } from "../../../ui/states-of-loading.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { ActionDialog } from "./action-dialog.tsx";
import { toRerunCommand } from "./rerun-command.ts";
import { givenParameters } from "./run-parameters.ts";
import { maxSteps, readSteps, type Step } from "./steps.ts";

const anything: JsonObject = { type: "object", additionalProperties: true };

export function RerunDialog({ run, onClose }: { readonly run: FlowRun; readonly onClose: () => void }) {
  const { deploymentId } = run;
  const query = useLive({
    key: ["run", run.id, "rerun", deploymentId],
    read: async () => {
      const [deployment, steps] = await Promise.all([
        deploymentId === null ? null : api.readObject("deployment", deploymentId),
        readSteps(run),
      ]);
      return { deployment, steps };
    },
  });
  if (query.data === undefined) {
    return (
      <Dialog title="Run again" isOpen onClose={onClose}>
        <Loaded query={query}>{() => null}</Loaded>
      </Dialog>
    );
  }
  return <Rerun run={run} {...query.data} onClose={onClose} />;
}

/** Only our engine takes results of another run. */
function takesResults(run: FlowRun, deployment: Deployment | null): boolean {
  if (deployment === null) return run.entrypoint !== null;
  return deployment.entrypoint == null || runtimeOf(deployment.entrypoint) === "node";
}

function Rerun(props: {
  readonly run: FlowRun;
  readonly deployment: Deployment | null;
  readonly steps: readonly Step[];
  readonly onClose: () => void;
}) {
  const { run, deployment, onClose } = props;
  const steps = takesResults(run, deployment) ? props.steps : [];
  const [stepId, setStepId] = useState("");
  const step = steps.find(({ id }) => id === stepId) ?? null;
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
  const command = toRerunCommand({ run, deployment, step, values, changed: Object.fromEntries(changed), name });
  return (
    <ActionDialog
      title="Run again with edits"
      description={
        deployment === null
          ? "This run has no deployment, so its code is started by the command below. The old run stays as it is."
          : `A new run of ${deployment.flowName}/${deployment.name} is submitted with these parameters, over those of the ${step === null ? "deployment" : "old run, and takes its results up to the step"}. The old run stays as it is.`
      }
      verb={deployment === null ? null : "Submit run"}
      whyNot={
        isReadable
          ? isChecked && faults.length > 0
            ? "The deployment checks its parameters, and these have faults"
            : null
          : "What is typed cannot be read yet"
      }
      commands={[command]}
      isWide
      onClose={onClose}
      act={async () => {
        const { run: made } = await api.submitRun({
          deployment: deployment?.id ?? "",
          ...(step === null
            ? { parameters: values, tags: run.tags }
            : { parameters: Object.fromEntries(changed), rerun: { of: run.id, fromStep: step.id } }),
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
      {steps.length === 0 ? null : (
        <Field
          label="From"
          hint={
            steps.length === maxSteps
              ? `What was recorded before it is not done again. The first ${maxSteps} steps are offered.`
              : "What was recorded before it is not done again."
          }
        >
          {(ids) => (
            <Select
              {...ids}
              value={stepId}
              onChange={({ target }) => setStepId(target.value)}
              options={[["", "the beginning"], ...steps.map(({ id, title }) => [id, title] as const)]}
            />
          )}
        </Field>
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
