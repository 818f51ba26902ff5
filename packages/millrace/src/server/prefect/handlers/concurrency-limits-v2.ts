/** Limits by name, and their slots. */

import type { SlotAnswer } from "../../../contract/concurrency.ts";
import { isMillraceError } from "../../../contract/errors.ts";
import type { ConcurrencyLimit, ObjectChange } from "../../../contract/objects.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { PrefectError } from "../errors.ts";
import { toGlobalLimit, toHolder, toMinimalLimit, toPrefectLimit } from "../mapping/concurrency-limit.ts";
import type { PrefectContext, PrefectHandlers, PrefectRequest } from "../routes-table-types.ts";
import { uuid } from "../schemas/common.ts";
import { listLimitsByName } from "./limit-access.ts";
import { listAtMost } from "./list-at-most.ts";

type LimitV2Handler =
  | "createConcurrencyLimitV2"
  | "readConcurrencyLimitV2"
  | "updateConcurrencyLimitV2"
  | "deleteConcurrencyLimitV2"
  | "readAllConcurrencyLimitsV2"
  | "bulkIncrementActiveSlots"
  | "bulkIncrementActiveSlotsWithLease"
  | "bulkDecrementActiveSlots"
  | "bulkDecrementActiveSlotsWithLease"
  | "renewConcurrencyLease";

const modes = { concurrency: "concurrency", rate_limit: "rate-limit" } as const;

export function concurrencyLimitV2Handlers({
  api,
  clock,
}: Pick<PrefectContext, "api" | "clock">): Pick<PrefectHandlers, LimitV2Handler> {
  async function read(idOrName: string): Promise<ConcurrencyLimit> {
    const id = uuid.safeParse(idOrName);
    const limit = id.success
      ? await api.readObject("concurrency-limit", id.data)
      : (await listLimitsByName(api, [idOrName]))[0];
    if (limit == null) throw notFound();
    return limit;
  }

  return {
    async createConcurrencyLimitV2({ body }) {
      try {
        const made = await api.createObject("concurrency-limit", {
          name: body.name,
          active: body.active,
          slots: body.limit,
          taken: body.active_slots,
          takenAt: clock.now(),
          decayPerSecond: body.slot_decay_per_second,
          denied: body.denied_slots,
        });
        return { status: 201, body: toPrefectLimit(made, clock.now()) };
      } catch (error) {
        throw isMillraceError(error, "OBJECT_EXISTS") ? nameTaken(body.name) : error;
      }
    },

    readConcurrencyLimitV2: async ({ params }) => ({
      status: 200,
      body: toGlobalLimit(await read(params.id_or_name), clock.now()),
    }),

    async updateConcurrencyLimitV2({ params, body }) {
      const { id } = await read(params.id_or_name);
      try {
        if ((await api.updateObject("concurrency-limit", id, toChange(body))) === null) throw notFound();
      } catch (error) {
        throw isMillraceError(error, "OBJECT_EXISTS") ? nameTaken(body.name ?? "") : error;
      }
      return { status: 204 };
    },

    async deleteConcurrencyLimitV2({ params }) {
      const { id } = await read(params.id_or_name);
      if (!(await api.deleteObject("concurrency-limit", id))) throw notFound();
      return { status: 204 };
    },

    async readAllConcurrencyLimitsV2({ body }) {
      const sort = { field: "name", direction: "asc" } as const;
      const items = await listAtMost(body, (page) => api.listObjects("concurrency-limit", { sort }, page));
      const now = clock.now();
      return { status: 200, body: items.map((limit) => toGlobalLimit(limit, now)) };
    },

    async bulkIncrementActiveSlots({ body: { names, slots, mode } }) {
      const answer = await api.takeSlots({ limits: names, slots, mode: modes[mode] });
      if (!answer.granted) throw toRefusal(answer);
      return { status: 200, body: answer.limits.map(toMinimalLimit) };
    },

    async bulkIncrementActiveSlotsWithLease({ body: { names, slots, mode, lease_duration, holder } }) {
      const answer = await api.takeSlots({
        limits: names,
        slots,
        mode: modes[mode],
        leaseMs: lease_duration * 1000,
        ...(holder === null ? {} : { holder: toHolder(holder) }),
      });
      if (!answer.granted) throw toRefusal(answer);
      // Where nothing is held there is no lease; clients do not ask for it again, but expect an id.
      const body = { lease_id: answer.leaseId ?? uuidv7(), limits: answer.limits.map(toMinimalLimit) };
      return { status: 200, body };
    },

    async bulkDecrementActiveSlots({ body: { names, slots, occupancy_seconds } }) {
      const limits = await listLimitsByName(api, names);
      const held = occupancy_seconds === null ? {} : { heldMs: occupancy_seconds * 1000 };
      if (limits.length > 0) await api.giveBackSlots({ limits: names, slots, ...held });
      return { status: 200, body: limits.map(toMinimalLimit) };
    },

    async bulkDecrementActiveSlotsWithLease({ body }) {
      await api.giveBackSlots({ leaseId: body.lease_id });
      return { status: 204 };
    },

    async renewConcurrencyLease({ params, body }) {
      if (await api.renewSlots(params.lease_id, body.lease_duration * 1000)) return { status: 204 };
      throw new PrefectError({ status: 410, detail: `Lease ${params.lease_id} has ended` });
    },
  };
}

/** What is null stays as it is. */
function toChange(body: PrefectRequest<"updateConcurrencyLimitV2">["body"]): ObjectChange<"concurrency-limit"> {
  const { name, active, limit, active_slots: taken, denied_slots: denied, slot_decay_per_second: decay } = body;
  return {
    ...(name == null ? {} : { name }),
    ...(active == null ? {} : { active }),
    ...(limit == null ? {} : { slots: limit }),
    ...(taken == null ? {} : { taken }),
    ...(denied == null ? {} : { denied }),
    ...(decay == null ? {} : { decayPerSecond: decay }),
  };
}

function toRefusal(answer: Extract<SlotAnswer, { readonly granted: false }>): PrefectError {
  const names = answer.refusedBy.join(", ");
  switch (answer.reason) {
    case "too-many":
      return new PrefectError({ status: 422, detail: `More slots are asked for than there are of: ${names}` });
    case "no-decay":
      return new PrefectError({
        status: 422,
        detail: `A rate limit needs a slot decay, which is missing of: ${names}`,
      });
    case "full": {
      const headers = { "retry-after": toRetryAfter(answer.retryAfterMs) };
      return new PrefectError({ status: 423, detail: `All slots are taken of: ${names}`, headers });
    }
  }
}

/** Clients read fractions of a second. */
export function toRetryAfter(ms: number | null): string {
  return ((ms ?? 0) / 1000).toFixed(3);
}

function notFound(): PrefectError {
  return new PrefectError({ status: 404, detail: "Concurrency limit not found" });
}

function nameTaken(name: string): PrefectError {
  return new PrefectError({ status: 409, detail: `There is a concurrency limit named ${name} already` });
}
