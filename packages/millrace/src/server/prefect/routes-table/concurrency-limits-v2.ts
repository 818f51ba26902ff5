import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import * as schemas from "../schemas/concurrency-limits-v2.ts";
import { uuid } from "../schemas/common.ts";

const limitParams = z.object({ id_or_name: z.string() });

const tag = "Concurrency Limits V2";

export const concurrencyLimitV2Routes = {
  createConcurrencyLimitV2: {
    verb: "POST",
    path: "/v2/concurrency_limits/",
    tag,
    summary: "Makes a limit",
    body: schemas.concurrencyLimitV2Create,
    answers: { 201: schemas.concurrencyLimitV2 },
  },
  readConcurrencyLimitV2: {
    verb: "GET",
    path: "/v2/concurrency_limits/:id_or_name",
    tag,
    summary: "A limit",
    params: limitParams,
    answers: { 200: schemas.globalConcurrencyLimit },
  },
  updateConcurrencyLimitV2: {
    verb: "PATCH",
    path: "/v2/concurrency_limits/:id_or_name",
    tag,
    summary: "Changes what is given of a limit",
    params: limitParams,
    body: schemas.concurrencyLimitV2Update,
    answers: { 204: null },
  },
  deleteConcurrencyLimitV2: {
    verb: "DELETE",
    path: "/v2/concurrency_limits/:id_or_name",
    tag,
    summary: "Deletes a limit",
    params: limitParams,
    answers: { 204: null },
  },
  readAllConcurrencyLimitsV2: {
    verb: "POST",
    path: "/v2/concurrency_limits/filter",
    tag,
    summary: "Limits",
    body: schemas.readLimitsBody,
    answers: { 200: z.array(schemas.globalConcurrencyLimit) },
  },
  bulkIncrementActiveSlots: {
    verb: "POST",
    path: "/v2/concurrency_limits/increment",
    tag,
    summary: "Takes slots of limits",
    body: schemas.incrementSlotsBody,
    answers: { 200: z.array(schemas.minimalConcurrencyLimit) },
  },
  bulkIncrementActiveSlotsWithLease: {
    verb: "POST",
    path: "/v2/concurrency_limits/increment-with-lease",
    tag,
    summary: "Takes slots of limits for a time",
    body: schemas.incrementWithLeaseBody,
    answers: { 200: schemas.limitsWithLease },
  },
  bulkDecrementActiveSlots: {
    verb: "POST",
    path: "/v2/concurrency_limits/decrement",
    tag,
    summary: "Gives slots back",
    body: schemas.decrementSlotsBody,
    answers: { 200: z.array(schemas.minimalConcurrencyLimit) },
  },
  bulkDecrementActiveSlotsWithLease: {
    verb: "POST",
    path: "/v2/concurrency_limits/decrement-with-lease",
    tag,
    summary: "Gives the slots of a lease back",
    body: schemas.decrementWithLeaseBody,
    answers: { 204: null },
  },
  renewConcurrencyLease: {
    verb: "POST",
    path: "/v2/concurrency_limits/leases/:lease_id/renew",
    tag,
    summary: "Holds the slots of a lease for longer",
    params: z.object({ lease_id: uuid }),
    body: schemas.renewLeaseBody,
    answers: { 204: null },
  },
} as const satisfies Record<string, PrefectRoute>;
