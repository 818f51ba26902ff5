import * as z from "zod";
import {
  bulkLimit,
  deleted,
  labels,
  name,
  orNull,
  pageOf,
  paging,
  record,
  slice,
  texts,
  text,
  uuids,
} from "./common.ts";
import { filtersWithPools, flowFilter } from "./run-filters.ts";

export const flow = z.object({ ...record, name: text, tags: texts, labels: labels.nullable() }).meta({ id: "Flow" });

export const flowCreate = z
  .object({ name, tags: texts.default([]), labels: orNull(labels) })
  .meta({ id: "FlowCreate" });

export const flowUpdate = z.object({ tags: texts.optional() }).meta({ id: "FlowUpdate" });

const flowSort = z.enum(["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"]).default("NAME_ASC");

export const countFlowsBody = z.object(filtersWithPools);
export const readFlowsBody = z.object({ ...filtersWithPools, ...slice, sort: flowSort });
export const paginateFlowsBody = z.object({ ...filtersWithPools, ...paging, sort: flowSort });
export const bulkDeleteFlowsBody = z.object({ flows: orNull(flowFilter), limit: bulkLimit });

export const flowPage = pageOf(flow).meta({ id: "FlowPaginationResponse" });
export const flowsDeleted = deleted.meta({ id: "FlowBulkDeleteResponse" });

/** Of the pages that show flows. */
export const flowIdsBody = z.object({ flow_ids: uuids.max(200) });

export type Flow = z.output<typeof flow>;
