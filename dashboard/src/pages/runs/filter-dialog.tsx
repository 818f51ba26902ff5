/** What runs are listed by, beside their states and times: the flow, a tag, the deployment. */

import { useState } from "react";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import type { RunsSearch } from "./runs-search.ts";

/** So many are offered. Of flows and tags any other can be written; the page of a deployment leads to its runs. */
const maxOffered = 200;

export type ChosenFilters = Readonly<Record<"flow" | "tag" | "deployment", string>>;

export function FilterDialog(props: {
  readonly search: RunsSearch;
  /** Tags to offer. */
  readonly tags: readonly string[];
  /** Empty for what is not to be filtered by. */
  readonly onChoose: (chosen: ChosenFilters) => void;
  readonly onClose: () => void;
}) {
  const { search, tags, onChoose, onClose } = props;
  const [flow, setFlow] = useState(search.flow ?? "");
  const [tag, setTag] = useState(search.tag ?? "");
  const [deployment, setDeployment] = useState(search.deployment ?? "");
  const flows = useLive({
    key: ["flows", "names"],
    read: () => api.listObjects("flow", { sort: { field: "name", direction: "asc" } }, { limit: maxOffered }),
  });
  const deployments = useLive({
    key: ["deployments", "names"],
    read: () => api.listObjects("deployment", { sort: { field: "flowName", direction: "asc" } }, { limit: maxOffered }),
  });
  const named = (deployments.data?.items ?? []).map(({ id, flowName, name }) => [id, `${flowName}/${name}`] as const);
  const isOffered = deployment === "" || named.some(([id]) => id === deployment);
  const choose = (chosen: ChosenFilters): void => {
    onChoose(chosen);
    onClose();
  };
  return (
    <Dialog
      title="Filter the runs"
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={() => choose({ flow: "", tag: "", deployment: "" })}>Clear</Button>
          <Button kind="primary" type="submit" form="filter-runs">
            Show these runs
          </Button>
        </>
      }
    >
      <form
        id="filter-runs"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          choose({ flow: flow.trim(), tag: tag.trim(), deployment });
        }}
      >
        <Offered
          label="Flow"
          hint="By its whole name; a part of it can be written above the list."
          value={flow}
          offered={(flows.data?.items ?? []).map(({ name }) => name)}
          onChange={setFlow}
        />
        <Offered label="Tag" value={tag} offered={tags} onChange={setTag} />
        <Field
          label="Deployment"
          {...(deployments.data?.next == null
            ? {}
            : { hint: `The first ${maxOffered} are offered. The page of any other lists its runs.` })}
        >
          {(ids) => (
            <Select
              {...ids}
              value={deployment}
              onChange={({ target }) => setDeployment(target.value)}
              options={[
                ["", "Any, or none"],
                ...named.map(([id, name]) => [id, name.slice(0, 100)] as const),
                ...(isOffered ? [] : [[deployment, deployment] as const]),
              ]}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

/** A text, of which some that are known are offered while it is written. */
function Offered(props: {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly offered: readonly string[];
  readonly onChange: (value: string) => void;
}) {
  const { label, hint, value, offered, onChange } = props;
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(ids) => (
        <>
          <TextInput
            {...ids}
            list={`${ids.id}-offered`}
            value={value}
            onChange={({ target }) => onChange(target.value)}
          />
          <datalist id={`${ids.id}-offered`}>
            {offered.map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
