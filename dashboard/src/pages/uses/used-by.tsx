/** Who refers to a block or a variable, with where: on its page, and before it is deleted. */

import { Link } from "@tanstack/react-router";
import type { Use, UsedThing, Uses } from "millrace/client";
import { useState } from "react";
import { useLive } from "../../api/queries.ts";
import { plural } from "../../format/number.ts";
import { Button } from "../../ui/button.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { ofUsers, readUses } from "./read-uses.ts";

/** More are shown when somebody asks for them. */
const shownAtFirst = 10;
/** All that can be looked through may be much. In ms. */
const leastMs = 10_000;

const kindNames: Readonly<Record<Use["kind"], string>> = {
  deployment: "Deployment",
  schedule: "Schedule of",
  "work-pool": "Work pool",
  automation: "Automation",
  "block-document": "Block",
  configuration: "Setting of the server",
};

export function UsedBy({ of }: { readonly of: UsedThing }) {
  const query = useLive({ key: ["uses", of], read: () => readUses(of), concerns: ofUsers, leastMs });
  return (
    <Loaded query={query} rows={2}>
      {(uses) => <List uses={uses} />}
    </Loaded>
  );
}

function List({ uses: { items, isCut } }: { readonly uses: Uses }) {
  const [isWhole, setWhole] = useState(false);
  if (items.length === 0) {
    return (
      <p className="text-muted">
        Nothing on this server refers to it. Code that reads it by its name is not known here.
      </p>
    );
  }
  const shown = isWhole ? items : items.slice(0, shownAtFirst);
  return (
    <div className="flex flex-col items-start gap-1">
      <p>
        {isCut ? "More than " : ""}
        {plural(items.length, "thing refers", "things refer")} to it.
      </p>
      <ul className="flex w-full min-w-0 flex-col gap-1">
        {shown.map((use) => (
          <li key={`${use.kind} ${use.id}`} className="flex min-w-0 flex-wrap items-baseline gap-x-2">
            <span className="text-muted">{kindNames[use.kind]}</span>
            <UseLink use={use} />
            <span className="min-w-0 font-mono text-small break-words text-muted">{use.fields.join(", ")}</span>
          </li>
        ))}
      </ul>
      {shown.length === items.length ? null : (
        <Button kind="quiet" onClick={() => setWhole(true)}>
          Show all {items.length}
        </Button>
      )}
    </div>
  );
}

function UseLink({ use: { kind, id, name, deploymentId } }: { readonly use: Use }) {
  switch (kind) {
    case "deployment":
      return (
        <Link to="/deployments/deployment/$id" params={{ id }} search={{}} className="link min-w-0 break-words">
          {name}
        </Link>
      );
    case "schedule":
      return (
        <Link
          to="/deployments/deployment/$id"
          params={{ id: deploymentId ?? id }}
          search={{ tab: "schedules" }}
          className="link min-w-0 break-words"
        >
          {name}
        </Link>
      );
    case "work-pool":
      return (
        <Link to="/work-pools/work-pool/$name" params={{ name }} search={{}} className="link min-w-0 break-words">
          {name}
        </Link>
      );
    case "automation":
      return (
        <Link to="/automations/automation/$id" params={{ id }} search={{}} className="link min-w-0 break-words">
          {name}
        </Link>
      );
    case "block-document":
      return (
        <Link to="/blocks/block/$id" params={{ id }} className="link min-w-0 break-words">
          {name}
        </Link>
      );
    case "configuration":
      return <span>{name}</span>;
  }
}
