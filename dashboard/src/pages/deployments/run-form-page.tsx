import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type Deployment, isMillraceError } from "millrace/client";
import { useMemo, useRef, useState } from "react";
import { api, baseUrl } from "../../api/api.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { usePreferences } from "../../app/preferences.ts";
import { SchemaForm } from "../../schema-form/schema-form.tsx";
import { useValueFaults } from "../../schema-form/use-value-faults.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy.tsx";
import { Field, Select, TextArea, TextInput } from "../../ui/field.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Code, Panel } from "../../ui/panel.tsx";
import { ErrorNote, Loaded } from "../../ui/states-of-loading.tsx";
import { type DeploymentView, NoDeployment, ofDeployment, readDeploymentView } from "./deployment-page.tsx";
import { judge } from "./readiness.ts";
import { keepRequest, readKeptRequest } from "./kept-requests.ts";
import { type CopyKind, copyTexts, emptyRequest, type RunRequest, toSubmission } from "./run-request.ts";
import { StatusBadge } from "./status-badge.tsx";

export function RunFormPage() {
  const { id } = useParams({ from: "/deployments/deployment/$id/run" });
  const view = useLive({ key: ["deployment", id], read: () => readDeploymentView(id), concerns: ofDeployment });
  return (
    <Loaded query={view} title="Run a deployment" rows={8}>
      {(found) => (found === null ? <NoDeployment /> : <RunForm key={found.deployment.id} view={found} />)}
    </Loaded>
  );
}

function RunForm({ view: { deployment, pool, queue } }: { readonly view: DeploymentView }) {
  const { id, flowName, name, parameters: own = {}, parameterSchema = null, enforcesSchema = true } = deployment;
  const { zone } = usePreferences();
  const navigate = useNavigate();
  const [kept] = useState(() => readKeptRequest(id));
  const [request, setRequest] = useState<RunRequest>({ ...emptyRequest, parameters: own });
  const set = (change: Partial<RunRequest>): void => setRequest((before) => ({ ...before, ...change }));
  const [isReadable, setReadable] = useState(true);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  // The same until it is changed: pressing twice makes one run.
  const idempotency = useRef({ of: request, key: "" });
  const { submission, faults } = useMemo(() => toSubmission(deployment, request, zone), [deployment, request, zone]);
  const schema = useMemo(() => parameterSchema ?? { type: "object" }, [parameterSchema]);
  const checked = useValueFaults(parameterSchema, request.parameters);
  const verdict = judge(deployment, pool, queue);
  const whyNot = !isReadable
    ? "A parameter cannot be read as it stands"
    : Object.keys(faults).length > 0
      ? "Mend what is marked first"
      : enforcesSchema && checked.faults.length > 0
        ? "The parameters do not meet the schema"
        : null;
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    if (idempotency.current.of !== request || idempotency.current.key === "") {
      idempotency.current = { of: request, key: crypto.randomUUID() };
    }
    try {
      const { run } = await api.submitRun({ ...submission, idempotencyKey: idempotency.current.key });
      keepRequest(deployment, request);
      await navigate({ to: "/runs/flow-run/$id", params: { id: run.id }, search: {} });
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <form
      className="flex min-h-0 grow flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        if (whyNot === null && !isBusy) void submit();
      }}
    >
      <PageHead
        title={`Run ${flowName}/${name}`}
        facts={<StatusBadge verdict={verdict} />}
        actions={
          <>
            {kept === null ? null : (
              <Button onClick={() => setRequest(kept)} title="What was last sent from this browser">
                Use last values
              </Button>
            )}
            <Button onClick={() => setRequest({ ...emptyRequest, parameters: own })}>Reset values</Button>
            <Button kind="primary" type="submit" needs="submitRun" disabled={isBusy} whyNot={whyNot}>
              {request.when === "now" ? "Submit run" : "Schedule run"}
            </Button>
          </>
        }
      />
      <div className="min-h-0 grow overflow-auto border-t border-line p-4">
        {verdict.status === "not-ready" ? (
          <p className="mb-3 max-w-[72ch] text-state-attention">{verdict.why}</p>
        ) : null}
        {error === null ? null : <ErrorNote error={error} />}
        {isMillraceError(error, "NOT_FOUND") ? (
          <Link to="/deployments" search={{}} className="link">
            See all deployments
          </Link>
        ) : null}
        <div className="grid max-w-6xl grid-cols-1 gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <Panel title="Parameters" className="self-start">
            <div className="p-3">
              <SchemaForm
                schema={schema}
                value={request.parameters}
                onChange={(parameters) => set({ parameters })}
                faults={checked.faults}
                label="Parameters"
                onReadable={setReadable}
              />
              {checked.error === null ? null : <ErrorNote error={checked.error} />}
            </div>
          </Panel>
          <div className="flex min-w-0 flex-col gap-4">
            <RunFields deployment={deployment} request={request} set={set} faults={faults} />
            <CopyAs deployment={deployment} texts={(kind) => copyTexts[kind](deployment, submission, baseUrl)} />
          </div>
        </div>
      </div>
    </form>
  );
}

const queueLimit = 200;

function RunFields(props: {
  readonly deployment: Deployment;
  readonly request: RunRequest;
  readonly set: (change: Partial<RunRequest>) => void;
  readonly faults: ReturnType<typeof toSubmission>["faults"];
}) {
  const { deployment, request, set, faults } = props;
  const { workPoolId } = deployment;
  const queues = useLive({
    key: ["work-pool", workPoolId, "queues"],
    read: () =>
      api.listObjects("work-queue", { where: { field: "workPoolId", in: [workPoolId ?? ""] } }, { limit: queueLimit }),
    concerns: ofKind("work-queue"),
    isEnabled: workPoolId !== null,
  });
  return (
    <Panel title="The run">
      <div className="flex flex-col gap-3 p-3">
        <Field label="Name" hint="Left empty: one is made up.">
          {(ids) => <TextInput {...ids} value={request.name} onChange={(event) => set({ name: event.target.value })} />}
        </Field>
        <Field label="Tags" hint="Apart by commas, beside those of the deployment.">
          {(ids) => <TextInput {...ids} value={request.tags} onChange={(event) => set({ tags: event.target.value })} />}
        </Field>
        <fieldset>
          <legend className="mb-1 font-medium">When</legend>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <label className="flex items-center gap-1.5">
              <input type="radio" name="when" checked={request.when === "now"} onChange={() => set({ when: "now" })} />
              Now
            </label>
            <label className="flex items-center gap-1.5">
              <input type="radio" name="when" checked={request.when === "at"} onChange={() => set({ when: "at" })} />
              At a time
            </label>
          </div>
        </fieldset>
        {request.when === "at" ? (
          <Field label="Day and time" error={request.at === "" ? null : (faults.at ?? null)}>
            {(ids) => (
              <TextInput
                {...ids}
                type="datetime-local"
                value={request.at}
                onChange={(event) => set({ at: event.target.value })}
              />
            )}
          </Field>
        ) : null}
        {workPoolId === null ? null : (
          <>
            <Field label="Work queue">
              {(ids) => (
                <Select
                  {...ids}
                  value={request.queue}
                  onChange={(event) => set({ queue: event.target.value })}
                  options={[
                    ["", "The deployment's"],
                    ...(queues.data?.items ?? []).map(({ name }) => [name, name] as const),
                  ]}
                />
              )}
            </Field>
            <Field
              label="Job variables"
              hint="A JSON object: what the worker is told of where to run it."
              error={faults.jobVariables ?? null}
            >
              {(ids) => (
                <TextArea
                  {...ids}
                  rows={3}
                  value={request.jobVariables}
                  onChange={(event) => set({ jobVariables: event.target.value })}
                />
              )}
            </Field>
          </>
        )}
      </div>
    </Panel>
  );
}

const copyKinds: readonly (readonly [CopyKind, string])[] = [
  ["command", "Command line"],
  ["typescript", "TypeScript"],
  ["curl", "curl"],
];

function CopyAs({ texts }: { readonly deployment: Deployment; readonly texts: (kind: CopyKind) => string }) {
  const [kind, setKind] = useState<CopyKind>("command");
  const text = texts(kind);
  return (
    <Panel
      title="Ask for it from elsewhere"
      aside={
        <span className="flex items-center gap-1">
          <Select
            aria-label="Copy as"
            value={kind}
            onChange={(event) => setKind(event.target.value as CopyKind)}
            options={copyKinds}
          />
          <CopyButton text={text} label="Copy it" />
        </span>
      }
    >
      <Code label="The same from elsewhere" text={text} />
    </Panel>
  );
}
