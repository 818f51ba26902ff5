/**
 * What is to be seen on pages beside how they open at first: their other tabs, what is chosen in a list, and dialogs. Addresses of
 * pages themselves are in pages.ts.
 */

import type { Client, ObjectKind } from "millrace/client";
import { automationTabs, builderSteps } from "../../dashboard/src/pages/automations/automations-search.ts";
import { deploymentTabs } from "../../dashboard/src/pages/deployments/deployment-search.ts";
import { flowTabs } from "../../dashboard/src/pages/flows/flows-search.ts";
import { settingsTabs } from "../../dashboard/src/pages/settings/settings-search.ts";
import { taskRunTabs } from "../../dashboard/src/pages/task-run/task-run-search.ts";
import { poolTabs } from "../../dashboard/src/pages/work-pools/pool-search.ts";

export interface Part {
  readonly path: string;
  /** Pressed one after the other: buttons, and items of the menus that they open. */
  readonly press?: readonly (string | RegExp)[];
}

type Parts = (api: Client) => Promise<readonly Part[]> | readonly Part[];

interface Found {
  readonly id: string;
  readonly name?: string;
  readonly enabled?: boolean;
}

async function firstOf(api: Client, kind: ObjectKind): Promise<Found | null> {
  return (await api.listObjects(kind, {}, { limit: 1 })).items[0] ?? null;
}

/** Of the first object of a kind: each of its tabs, and what can be opened there. */
const ofFirst =
  (kind: ObjectKind, toParts: (object: Found & { readonly name: string }) => readonly Part[]): Parts =>
  async (api) => {
    const found = await firstOf(api, kind);
    return found === null ? [] : toParts({ name: "", ...found });
  };

const tabs = (path: string, names: readonly string[]): readonly Part[] =>
  names.map((tab) => ({ path: `${path}?tab=${tab}` }));
/** A page with dialogs on it: each by what is pressed until it is there. */
const dialogs = (path: string, ...presses: readonly (readonly (string | RegExp)[])[]): readonly Part[] =>
  presses.map((press) => ({ path, press }));

export const partsOfPages: Readonly<Record<string, Parts>> = {
  "a flow": ofFirst("flow", ({ id }) => [
    ...tabs(`flows/flow/${id}`, flowTabs),
    ...dialogs(`flows/flow/${id}`, ["More actions", /^Delete the flow/]),
  ]),
  "a deployment": ofFirst("deployment", ({ id }) => [
    ...tabs(`deployments/deployment/${id}`, deploymentTabs),
    ...dialogs(`deployments/deployment/${id}?tab=schedules`, ["Add schedule"], ["Edit"], ["Delete"]),
  ]),
  "a work pool": ofFirst("work-pool", ({ name }) => {
    const path = `work-pools/work-pool/${encodeURIComponent(name)}`;
    return [
      ...tabs(path, poolTabs),
      ...dialogs(
        path,
        ["More to do with the pool", /^Edit the pool/],
        ["More to do with the pool", /^Delete the pool/],
      ),
      ...dialogs(`${path}?tab=queues`, ["Create a queue"]),
    ];
  }),
  "work pools": () => dialogs("work-pools", ["Create a pool"]),
  "a task run": async (api) => {
    const { items } = await api.listTaskRuns({ stateTypes: ["FAILED"] }, { limit: 1 });
    return items.flatMap(({ id }) => tabs(`runs/task-run/${id}`, taskRunTabs));
  },
  "an automation": ofFirst("automation", ({ id }) => [
    ...tabs(`automations/automation/${id}`, automationTabs),
    ...builderSteps.map((step) => ({ path: `automations/automation/${id}?tab=edit&step=${step}` })),
    ...dialogs(`automations/automation/${id}`, ["Delete the automation"]),
  ]),
  "a new automation": () => builderSteps.map((step) => ({ path: `automations/new?step=${step}` })),
  "the year": () => [{ path: "calendar?view=year" }],
  "the settings": () => tabs("settings", settingsTabs),
  "an event": async (api) => {
    const { items } = await api.listEvents({ order: "newest-first" }, { limit: 1 });
    return items.map(({ id }) => ({ path: `events?since=all&event=${id}` }));
  },
  "a failure": async (api) => {
    const { items } = await api.groupFailures({ since: 0, page: { limit: 1 } });
    return items.flatMap(({ fingerprint }) => {
      const path = `failures?since=30d&group=${encodeURIComponent(fingerprint)}`;
      return [{ path }, ...dialogs(path, ["Retry all of its runs"])];
    });
  },
  "a question": async (api) =>
    (await api.listInbox({}, { limit: 1 })).items.map(({ flowRunId }) => ({ path: `inbox?item=${flowRunId}` })),
  "a limit": async (api) => {
    const { items } = await api.listObjects("concurrency-limit", {}, { limit: 3 });
    return items.flatMap(({ id }, index) => {
      const path = `limits?limit=${id}`;
      const asked = [["Edit the limit"], ["Take back all slots"], ["Delete the limit"]];
      return [{ path }, ...(index === 0 ? dialogs(path, ...asked) : [])];
    });
  },
  limits: () => dialogs("limits", ["Create a limit"]),
  "a queue": async (api) => {
    const queue = await firstOf(api, "work-queue");
    const pool = await firstOf(api, "work-pool");
    if (queue === null || pool === null) return [];
    const path = `work-pools/work-pool/${encodeURIComponent(pool.name ?? "")}?tab=queues`;
    return [{ path: `${path}&queue=${encodeURIComponent(queue.name ?? "")}` }];
  },
  "a run": async (api) => {
    const failed = (await api.listFlowRuns({ stateTypes: ["FAILED"] }, "created-desc", { limit: 1 })).items;
    const { items } = await api.listTaskRuns({ stateTypes: ["FAILED"] }, { limit: 1 });
    const asked = [["Run again with edits"], ["More actions", "Force a state"], ["More actions", "Delete run"]];
    return [
      ...items.flatMap(({ id, flowRunId }) => [
        { path: `runs/flow-run/${flowRunId ?? ""}?task=${id}` },
        { path: `runs/flow-run/${flowRunId ?? ""}?tab=tasks&task=${id}` },
      ]),
      ...failed.flatMap(({ id }) => dialogs(`runs/flow-run/${id}`, ...asked)),
    ];
  },
  "the runs": () => dialogs("runs", ["Choose columns"], ["Filter"]),
  "a webhook": ofFirst("webhook", ({ id, enabled }) => [
    { path: `webhooks/webhook/${id}` },
    ...dialogs(`webhooks/webhook/${id}`, ["Edit the webhook"], ["Delete the webhook"]),
    // One that takes no requests cannot be tried.
    ...(enabled === true ? dialogs(`webhooks/webhook/${id}`, ["Send a test"]) : []),
  ]),
  webhooks: () => dialogs("webhooks", ["Create a webhook"]),
  "a block": ofFirst("block-document", ({ id }) =>
    dialogs(`blocks/block/${id}`, ["Edit the block"], ["Delete the block"]),
  ),
  blocks: () => dialogs("blocks", ["Create a block"]),
  "a variable": async (api) => {
    const found = await firstOf(api, "variable");
    const asked = found === null ? [] : [[/^Edit the variable/], [/^Delete the variable/]];
    return dialogs("variables", ["Create a variable"], ...asked);
  },
  "a secret": async (api) => {
    const asked = (await api.listSecrets()).length === 0 ? [] : [[/^Set the secret/], [/^Delete the secret/]];
    return dialogs("secrets", ["Create a secret"], ...asked);
  },
};

/** What there is to see for who has come in, on a server that asks who somebody is. */
export const partsOfAccess: Parts = async (api) => {
  const account = (await api.listAccounts({ limit: 1 })).items[0];
  const entry = (await api.listAuditEntries({}, { limit: 1 })).items[0];
  const workspace = (await api.listWorkspaces({ limit: 1 })).items[0];
  return [
    ...tabs("settings", ["account", "accounts", "workspaces", "audit"]),
    ...dialogs("settings?tab=account", ["Change your password"], ["Create a key"]),
    ...dialogs("settings?tab=accounts", ["Create an account"]),
    ...dialogs("settings?tab=workspaces", ["Create a workspace"]),
    ...(account === undefined ? [] : [{ path: `settings?tab=accounts&account=${account.id}` }]),
    ...(entry === undefined ? [] : [{ path: `settings?tab=audit&entry=${entry.seq}` }]),
    ...(workspace === undefined ? [] : [{ path: `settings?tab=workspaces&workspace=${workspace.id}` }]),
  ];
};
