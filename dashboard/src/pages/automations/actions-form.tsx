import { ArrowUp, Plus, Trash2 } from "lucide-react";
import type { Action } from "millrace/client";
import { Button, IconButton } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { ActionForm, actionKinds, emptyAction } from "./action-form.tsx";

/** Done one after the other. */
export function ActionsForm(props: {
  readonly label: string;
  readonly actions: readonly Action[];
  readonly onChange: (actions: readonly Action[]) => void;
}) {
  const { label, actions, onChange } = props;
  return (
    <section aria-label={label} className="flex flex-col gap-3">
      <h2 className="font-semibold">{label}</h2>
      {actions.length === 0 ? <p className="text-muted">Nothing is done.</p> : null}
      {actions.map((action, index) => (
        <fieldset key={`${index} ${action.kind}`} className="flex flex-col gap-2 rounded-panel border border-line p-3">
          <legend className="sr-only">
            {label}, action {index + 1}
          </legend>
          <div className="flex items-center gap-1">
            <Select
              aria-label={`${label}: what action ${index + 1} does`}
              value={action.kind}
              options={actionKinds}
              onChange={({ target }) => onChange(replace(actions, index, emptyAction(target.value as Action["kind"])))}
              className="grow"
            />
            {index === 0 ? null : (
              <IconButton label={`Move action ${index + 1} up`} onClick={() => onChange(moveUp(actions, index))}>
                <ArrowUp size={14} />
              </IconButton>
            )}
            <IconButton
              label={`Remove action ${index + 1}`}
              onClick={() => onChange(actions.filter((_, at) => at !== index))}
            >
              <Trash2 size={14} />
            </IconButton>
          </div>
          <ActionForm action={action} onChange={(next) => onChange(replace(actions, index, next))} />
        </fieldset>
      ))}
      <Button
        className="self-start"
        icon={<Plus size={14} />}
        onClick={() => onChange([...actions, emptyAction("send-notification")])}
      >
        Add an action
      </Button>
    </section>
  );
}

function replace(actions: readonly Action[], index: number, next: Action): readonly Action[] {
  return actions.map((each, at) => (at === index ? next : each));
}

function moveUp(actions: readonly Action[], index: number): readonly Action[] {
  const moved = actions[index];
  const before = actions[index - 1];
  if (moved === undefined || before === undefined) return actions;
  return [...actions.slice(0, index - 1), moved, before, ...actions.slice(index + 1)];
}
