/** The form of a question that a run asks, and its answer. For the inbox, and for the page of the run. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type InboxItem, isMillraceError, type JsonObject, type ValueFault } from "millrace/client";
import { useMemo, useRef, useState } from "react";
import { api } from "../../api/api.ts";
import { useSession } from "../../api/session.ts";
import { getMyName, setMyName, useMyName } from "../../app/my-name.ts";
import { SchemaForm } from "../../schema-form/schema-form.tsx";
import { useValueFaults } from "../../schema-form/use-value-faults.ts";
import { toWholeForm } from "../../schema-form/whole.ts";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/copy.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import { findAround } from "../../ui/give-back-focus.ts";
import { toWord } from "../../format/shell.ts";
import { ErrorNote } from "../../ui/states-of-loading.tsx";

export type Answered = Awaited<ReturnType<typeof api.answerPause>>;

/** What is filled in stays while somebody looks at another item, and is there to be mended where the flow refuses it. */
const drafts = new Map<string, JsonObject>();
const none: readonly ValueFault[] = [];

export function AnswerForm({
  item,
  onAnswered,
}: {
  readonly item: InboxItem;
  /** The run waits no longer, and its question may be gone by now: what became of it is told by whoever shows the form. */
  readonly onAnswered: (answered: Answered) => void;
}) {
  const place = `${item.flowRunId} ${item.key ?? ""}`;
  const form = useMemo(
    () => (item.schema === null ? null : toWholeForm(item.schema, item.initialValues)),
    [item.schema, item.initialValues],
  );
  const [value, setValue] = useState<JsonObject>(() => drafts.get(place) ?? form?.initial ?? {});
  const [isReadable, setReadable] = useState(true);
  const checked = useValueFaults(form?.schema ?? null, value);
  const client = useQueryClient();
  const typed = useMyName();
  const account = useSession()?.account?.name ?? null;
  const around = useRef<HTMLElement>(null);
  const send = useMutation({
    mutationFn: () =>
      api.answerPause({
        flowRunId: item.flowRunId,
        ...(item.key === null ? {} : { key: item.key }),
        ...(form === null ? {} : { input: form.toValue(value) }),
        ...(account !== null || getMyName() === "" ? {} : { answeredBy: getMyName() }),
      }),
    onSuccess: (answered) => {
      // The question may be gone before it is known that this was its answer.
      around.current?.focus();
      onAnswered(answered);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["inbox"] }),
  });
  const refused = isMillraceError(send.error, "INPUT_INVALID") ? readFaults(send.error.data.paths) : none;
  const faults = useMemo(
    () => [...checked.faults, ...refused.map((fault) => ({ ...fault, path: form?.toPath(fault.path) ?? fault.path }))],
    [checked.faults, refused, form],
  );
  const only = item.answerers.length === 0 ? null : `Only these may answer: ${item.answerers.join(", ")}.`;
  const verb = form === null ? "Let it go on" : "Answer";
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        around.current = findAround(event.currentTarget);
        if (isReadable && !send.isPending) send.mutate();
      }}
    >
      {form === null ? null : (
        <SchemaForm
          schema={form.schema}
          value={value}
          onChange={(next) => {
            send.reset();
            drafts.set(place, next);
            setValue(next);
          }}
          faults={faults}
          label="Answer"
          onReadable={setReadable}
        />
      )}
      {checked.error === null ? null : (
        <p className="text-small text-muted">The form cannot be checked before it is sent.</p>
      )}
      {account === null ? (
        <Field label="Your name" hint={only ?? "Recorded with the answer. This server asks nobody who they are."}>
          {(ids) => (
            <TextInput
              {...ids}
              value={typed}
              autoComplete="username"
              onChange={(event) => setMyName(event.target.value)}
            />
          )}
        </Field>
      ) : (
        <p className="text-small text-muted">
          {only ?? "Anybody may answer."} You answer as {account}.
        </p>
      )}
      {send.error === null ? null : <ErrorNote error={send.error} />}
      <Button
        type="submit"
        kind="primary"
        className="self-start"
        needs="answerPause"
        whyNot={isReadable ? (send.isPending ? "The answer is being sent" : null) : "What is typed cannot be read yet"}
      >
        {verb}
      </Button>
      <Command
        text={toCommand(item, form === null ? undefined : form.toValue(value), account === null ? typed.trim() : "")}
      />
    </form>
  );
}

function readFaults(paths: unknown): readonly ValueFault[] {
  return Array.isArray(paths) ? (paths as readonly ValueFault[]) : none;
}

function toCommand({ flowRunId, schema }: InboxItem, input: unknown, name: string): string {
  const words = ["millrace", "inbox", "answer", flowRunId];
  if (schema !== null) words.push("--input", JSON.stringify(input ?? null));
  if (name !== "") words.push("--as", name);
  return words.map(toWord).join(" ");
}

export function Outcome({ answered: { goesOn, run } }: { readonly answered: Answered }) {
  return (
    <div role="status" className="rounded-panel border border-line p-3">
      <p className="font-medium">
        {goesOn === "in-its-process"
          ? "Answered. The run goes on in its process."
          : goesOn === "when-started"
            ? "Answered. The run is scheduled, and goes on as soon as it is started again."
            : "Answered. The run has no deployment that would start it again; go on with it here:"}
      </p>
      {goesOn === "when-resumed" ? <Command text={`millrace flow-run resume ${run.rootRunId}`} /> : null}
    </div>
  );
}
