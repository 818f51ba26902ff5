import type { Sort } from "../../../contract/query.ts";
import { flowIdOf } from "../../../contract/flow-id.ts";
import { isMillraceError } from "../../../contract/errors.ts";
import type { Flow } from "../../../contract/objects.ts";
import { PrefectError } from "../errors.ts";
import { fromFilters, fromFlowFilter } from "../mapping/filters.ts";
import { toPrefectFlow } from "../mapping/flow.ts";
import type { PrefectContext, PrefectHandlers, PrefectRequest } from "../routes-table-types.ts";
import { toPrefectPage } from "./paging.ts";

type FlowHandler = Extract<
  keyof PrefectHandlers,
  | "createFlow"
  | "readFlow"
  | "readFlowByName"
  | "updateFlow"
  | "deleteFlow"
  | "readFlows"
  | "paginateFlows"
  | "countFlows"
  | "bulkDeleteFlows"
>;

const sorts: Readonly<Record<PrefectRequest<"readFlows">["body"]["sort"], Sort>> = {
  CREATED_DESC: { field: "createdAt", direction: "desc" },
  UPDATED_DESC: { field: "updatedAt", direction: "desc" },
  NAME_ASC: { field: "name", direction: "asc" },
  NAME_DESC: { field: "name", direction: "desc" },
};

export function flowHandlers({ api }: PrefectContext): Pick<PrefectHandlers, FlowHandler> {
  const read = async (id: string): Promise<Flow> => {
    const flow = await api.readObject("flow", id);
    if (flow === null) throw new PrefectError({ status: 404, detail: "Flow not found" });
    return flow;
  };

  return {
    async createFlow({ body }) {
      const { name, tags, labels } = body;
      const known = await api.readObject("flow", flowIdOf(name));
      if (known !== null) return { status: 200, body: toPrefectFlow(known) };
      try {
        const made = await api.createObject("flow", { name, tags, ...(labels === null ? {} : { labels }) });
        return { status: 201, body: toPrefectFlow(made) };
      } catch (error) {
        if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
        return { status: 200, body: toPrefectFlow(await read(flowIdOf(name))) };
      }
    },

    readFlow: async ({ params }) => ({ status: 200, body: toPrefectFlow(await read(params.id)) }),
    readFlowByName: async ({ params }) => ({ status: 200, body: toPrefectFlow(await read(flowIdOf(params.name))) }),

    async updateFlow({ params, body }) {
      const change = body.tags === undefined ? {} : { tags: body.tags };
      if ((await api.updateObject("flow", params.id, change)) === null) {
        throw new PrefectError({ status: 404, detail: "Flow not found" });
      }
      return { status: 204 };
    },

    async deleteFlow({ params }) {
      await read(params.id);
      await api.deleteObject("flow", params.id);
      return { status: 204 };
    },

    async readFlows({ body }) {
      const query = { where: fromFilters("flow", body), sort: sorts[body.sort] };
      if (body.limit === 0) return { status: 200, body: [] };
      const { items } = await api.listObjects("flow", query, { limit: body.limit, offset: body.offset });
      return { status: 200, body: items.map(toPrefectFlow) };
    },

    async paginateFlows({ body }) {
      const where = fromFilters("flow", body);
      const page = await toPrefectPage(body, {
        count: () => api.count("flow", where),
        list: async (slice) => (await api.listObjects("flow", { where, sort: sorts[body.sort] }, slice)).items,
      });
      return { status: 200, body: { ...page, results: page.results.map(toPrefectFlow) } };
    },

    countFlows: async ({ body }) => ({ status: 200, body: await api.count("flow", fromFilters("flow", body)) }),

    async bulkDeleteFlows({ body }) {
      const where = body.flows === null ? { all: [] } : fromFlowFilter(body.flows);
      const { items } = await api.listObjects("flow", { where }, { limit: body.limit });
      for (const { id } of items) await api.deleteObject("flow", id);
      return { status: 200, body: { deleted: items.map(({ id }) => id) } };
    },
  };
}
