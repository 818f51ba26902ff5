/** Actions that ask for another state of a run. */

import { defaultName, settableTypes } from "./settable.ts";
import { type FlowRun, MillraceError, type StateType } from "millrace/client";
import { useState } from "react";
import { api } from "../../../api/api.ts";
import { useLive, ofFlowRuns } from "../../../api/queries.ts";
import { setMyName, useMyName } from "../../../app/my-name.ts";
import { StateBadge } from "../../../states/state-badge.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Field, Select, TextInput } from "../../../ui/field.tsx";
import { Markdown } from "../../../ui/markdown.tsx";
import { toWord } from "../../../format/shell.ts";
import { Loaded } from "../../../ui/states-of-loading.tsx";
import { DateTime } from "../../../ui/when.tsx";
import { AnswerForm, type Answered, Outcome } from "../../inbox/answer-form.tsx";
import { timeoutText, titleOf } from "../../inbox/item-words.ts";
import { toRetryCommand } from "../../runs/bulk-command.ts";
import { ActionDialog } from "./action-dialog.tsx";
import { propose, setBy } from "./propose.ts";

interface DialogProps {
  readonly run: FlowRun;
  readonly onClose: () => void;
}

export function CancelDialog({ run, onClose }: DialogProps) {
  const isForced = run.state.type === "CANCELLING";
  return (
    <ActionDialog
      title={isForced ? "Force the cancellation" : "Cancel run"}
      description={
        isForced
          ? `${short(run.name)} was told to stop and has not yet. It is set Cancelled without waiting; a process that still executes it is refused from then on.`
          : run.state.type === "RUNNING"
            ? `The process that executes ${short(run.name)} is told to stop, with its tasks and subflows. It hears of it within a second or two.`
            : `${short(run.name)} is ${run.state.name} and will not run.`
      }
      verb={isForced ? "Force cancellation" : "Cancel run"}
      isDangerous
      commands={[`millrace flow-run cancel ${run.id}${isForced ? " --force" : ""}`]}
      onClose={onClose}
      act={async () => {
        const now = isForced
          ? await propose(run, { type: "CANCELLED", name: "Cancelled", message: "Cancelled by force" }, setBy(""))
          : await propose(run, { type: "CANCELLING", name: "Cancelling" });
        return <BecameState run={now} />;
      }}
    />
  );
}

function BecameState({ run }: { readonly run: FlowRun }) {
  return (
    <p>
      The run is <StateBadge state={run.state} />
      {run.state.type === "CANCELLING" ? ", and ends when its process has stopped." : "."}
    </p>
  );
}

export function RetryDialog({ run, onClose }: DialogProps) {
  const isCrashed = run.state.type === "CRASHED" || run.state.type === "CANCELLED";
  const commands =
    run.deploymentId === null
      ? [...(isCrashed ? [`millrace flow-run resume ${run.id}`] : []), `millrace flow-run retry ${run.id}`]
      : [toRetryCommand(run.id)];
  return (
    <ActionDialog
      title={isCrashed ? "Go on with the run" : "Retry from what failed"}
      description={
        run.deploymentId === null
          ? "This run has no deployment, so no process would take it up by itself. What failed runs again in the same run; what is recorded is taken from the record."
          : `${short(run.name)} is scheduled again, and its deployment's process or worker takes it up. What failed runs again in the same run; what is recorded is taken from the record.`
      }
      verb={run.deploymentId === null ? null : isCrashed ? "Schedule it again" : "Retry failed tasks"}
      commands={commands}
      onClose={onClose}
      act={async () => {
        const where = { field: "id", in: [run.id] };
        const { changed, refused } = await api.changeFlowRuns({ where, action: "retry" });
        if (changed.length === 1) return <p>The run is scheduled again.</p>;
        const reason = refused[0]?.reason ?? "it is gone";
        throw new MillraceError("TRANSITION_REFUSED", {
          kind: "Flow run",
          id: run.id,
          from: run.state.name,
          to: "AwaitingRetry",
          reason,
        });
      }}
    />
  );
}

/** The question that the run asks, or one of its subflows does. */
export function AnswerDialog({ run, onClose }: DialogProps) {
  const [answered, setAnswered] = useState<Answered | null>(null);
  const query = useLive({
    key: ["inbox", "item", run.id, "dialog"],
    read: () => api.readInboxItem(run.id),
    concerns: ofFlowRuns,
  });
  return (
    <Dialog title="Resume run" isOpen onClose={onClose}>
      {answered === null ? null : <Outcome answered={answered} />}
      {answered !== null ? null : (
        <Loaded query={query} rows={4}>
          {(item) =>
            item === null ? (
              <p role="status">The run waits for nobody any more.</p>
            ) : (
              <div className="flex min-w-0 flex-col gap-3">
                <p className="font-medium break-words">{titleOf(item)}</p>
                {item.description === null ? null : <Markdown text={item.description} label="What is asked" />}
                {item.until === null ? null : (
                  <p className="text-muted">
                    It waits until <DateTime at={item.until} />, {timeoutText(item)}.
                  </p>
                )}
                <AnswerForm key={`${item.flowRunId} ${item.key ?? ""}`} item={item} onAnswered={setAnswered} />
              </div>
            )
          }
        </Loaded>
      )}
    </Dialog>
  );
}

export function ForceDialog({ run, onClose }: DialogProps) {
  const [type, setType] = useState<StateType>("FAILED");
  const [stateName, setStateName] = useState("");
  const [reason, setReason] = useState("");
  const name = useMyName();
  const to = { type, name: stateName.trim() === "" ? defaultName(type) : stateName.trim() };
  const words = [
    "millrace",
    "flow-run",
    "state",
    "set",
    run.id,
    type,
    ...(stateName.trim() === "" ? [] : ["--name", to.name]),
    "--force-reason",
    reason.trim() === "" ? "why" : reason.trim(),
  ];
  return (
    <ActionDialog
      title="Force a state"
      description={`${short(run.name)} is ${run.state.name}. The state is set past the rules: nothing is started or stopped by it, and the record says who did it and why.`}
      verb={`Force ${to.name.slice(0, 40)}`}
      isDangerous
      whyNot={reason.trim() === "" ? "Say why first: it is recorded" : null}
      commands={[words.map(toWord).join(" ")]}
      onClose={onClose}
      act={async () => {
        const now = await propose(run, { ...to, message: reason.trim() }, setBy(reason.trim()));
        return <BecameState run={now} />;
      }}
    >
      <Field label="State">
        {(ids) => (
          <Select
            {...ids}
            value={type}
            onChange={(event) => setType(event.target.value as StateType)}
            options={settableTypes.map((each) => [each, defaultName(each)] as const)}
          />
        )}
      </Field>
      <Field label="Name" hint="What people read. Default: as the state's type.">
        {(ids) => (
          <TextInput
            {...ids}
            value={stateName}
            placeholder={defaultName(type)}
            onChange={(event) => setStateName(event.target.value)}
          />
        )}
      </Field>
      <Field label="Why">
        {(ids) => <TextInput {...ids} value={reason} required onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <Field label="Your name" hint="Recorded with the state.">
        {(ids) => (
          <TextInput
            {...ids}
            value={name}
            autoComplete="username"
            onChange={(event) => setMyName(event.target.value)}
          />
        )}
      </Field>
    </ActionDialog>
  );
}

export const short = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name);
