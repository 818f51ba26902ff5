/** Automations: what clients make of them. The loop that evaluates them is elsewhere. */

import type { Automation } from "../../../contract/objects.ts";
import type { Condition, Sort } from "../../../contract/query.ts";
import { createSafeTemplate, TemplateError } from "../../../kit/safe-template.ts";
import { PrefectError } from "../errors.ts";
import { fromOwner, fromPrefectAutomation, toPrefectAutomation } from "../mapping/automation.ts";
import { fromField, fromTags, joined } from "../mapping/filters.ts";
import { fromPrefectName } from "../mapping/names.ts";
import type { PrefectAnswer, PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import type { AutomationFilter } from "../schemas/automations.ts";

type AutomationHandlers = Pick<
  PrefectHandlers,
  | "createAutomation"
  | "updateAutomation"
  | "patchAutomation"
  | "deleteAutomation"
  | "readAutomation"
  | "readAutomations"
  | "countAutomations"
  | "readAutomationsRelatedToResource"
  | "deleteAutomationsOwnedByResource"
  | "validateTemplate"
  | "validateAutomationTemplate"
>;

const sorts: Readonly<Record<"CREATED_DESC" | "UPDATED_DESC" | "NAME_ASC" | "NAME_DESC", Sort>> = {
  CREATED_DESC: { field: "createdAt", direction: "desc" },
  UPDATED_DESC: { field: "updatedAt", direction: "desc" },
  NAME_ASC: { field: "name", direction: "asc" },
  NAME_DESC: { field: "name", direction: "desc" },
};

/** Automations read at once. */
const pageSize = 500;

const notFound = new PrefectError({ status: 404, detail: "Automation not found" });

export function automationHandlers({ api, onUnreadable }: PrefectContext): AutomationHandlers {
  async function* all(where: Condition): AsyncGenerator<Automation> {
    let cursor: string | null = null;
    do {
      const page: { readonly items: readonly Automation[]; readonly next: string | null } = await api.listObjects(
        "automation",
        { where },
        { limit: pageSize, cursor },
      );
      yield* page.items;
      cursor = page.next;
    } while (cursor !== null);
  }

  const show = (automation: Automation) => toPrefectAutomation(automation, onUnreadable);

  return {
    async createAutomation({ body }) {
      const { owner_resource: owner, ...given } = body;
      const made = await api.createObject("automation", { ...fromPrefectAutomation(given), owner: fromOwner(owner) });
      return { status: 201, body: show(made) };
    },

    async updateAutomation({ params, body }) {
      const changed = await api.updateObject("automation", params.id, fromPrefectAutomation(body));
      if (changed === null) throw notFound;
      return { status: 204 };
    },

    async patchAutomation({ params, body }) {
      const changed = await api.updateObject("automation", params.id, { enabled: body.enabled });
      if (changed === null) throw notFound;
      return { status: 204 };
    },

    async deleteAutomation({ params }) {
      if (!(await api.deleteObject("automation", params.id))) throw notFound;
      return { status: 204 };
    },

    async readAutomation({ params }) {
      const found = await api.readObject("automation", params.id);
      if (found === null) throw notFound;
      return { status: 200, body: show(found) };
    },

    async readAutomations({ body }) {
      if (body.limit === 0) return { status: 200, body: [] };
      const { items } = await api.listObjects(
        "automation",
        { where: fromAutomationFilter(body.automations), sort: sorts[body.sort] },
        { limit: body.limit, offset: body.offset },
      );
      return { status: 200, body: items.map(show) };
    },

    async countAutomations({ body }) {
      return { status: 200, body: await api.count("automation", fromAutomationFilter(body.automations)) };
    },

    async readAutomationsRelatedToResource({ params }) {
      const resource = fromPrefectName(params.resource_id);
      const related: Automation[] = [];
      for await (const automation of all({ all: [] })) {
        if (automation.owner === resource || runsDeployment(automation, resource)) related.push(automation);
      }
      return { status: 200, body: related.map(show) };
    },

    async deleteAutomationsOwnedByResource({ params }) {
      const owned = await Array.fromAsync(all({ field: "owner", in: [fromPrefectName(params.resource_id)] }));
      for (const { id } of owned) await api.deleteObject("automation", id);
      return { status: 202, body: null };
    },

    validateTemplate: async ({ body }) => validateTemplate(body),
    validateAutomationTemplate: async ({ body }) => validateTemplate(body),
  };
}

/** Whether it starts this deployment, which was selected for it. */
function runsDeployment({ actions = [] }: Automation, resource: string): boolean {
  return actions.some((action) => {
    const { source, id } = (action.target ?? {}) as Readonly<Record<string, unknown>>;
    return (
      action.kind === "run-deployment" && source === "selected" && resource === `millrace.deployment.${String(id)}`
    );
  });
}

function fromAutomationFilter(filter: AutomationFilter | null): Condition {
  if (filter === null) return { all: [] };
  return joined(filter.operator, [
    fromField("id", filter.id),
    fromField("name", filter.name),
    fromField("createdAt", filter.created),
    fromTags(filter.tags),
  ]);
}

function validateTemplate(source: string): PrefectAnswer<"validateTemplate"> {
  try {
    createSafeTemplate(source);
    return { status: 204 };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { status: 422, body: { error: { line: error.line ?? 1, message: error.message, source } } };
  }
}
