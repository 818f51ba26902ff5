/** Limits of how many tasks with a tag run at once, and the slots that older clients take for their task runs. */

import { tagLimitPrefix } from "../../../contract/concurrency.ts";
import { isMillraceError } from "../../../contract/errors.ts";
import type { ConcurrencyLimit } from "../../../contract/objects.ts";
import type { Condition } from "../../../contract/query.ts";
import { PrefectError } from "../errors.ts";
import { toHolder, toMinimalLimit, toTagLimit } from "../mapping/concurrency-limit.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import type { ConcurrencyLimit as TagLimit } from "../schemas/concurrency-limits.ts";
import { toRetryAfter } from "./concurrency-limits-v2.ts";
import { endLeases, endlessMs, listLeases, listLimitsByName } from "./limit-access.ts";
import { listAtMost } from "./list-at-most.ts";

type TagLimitHandler =
  | "createConcurrencyLimit"
  | "readConcurrencyLimit"
  | "readConcurrencyLimitByTag"
  | "readConcurrencyLimits"
  | "deleteConcurrencyLimit"
  | "deleteConcurrencyLimitByTag"
  | "resetConcurrencyLimitByTag"
  | "incrementConcurrencyLimitsV1"
  | "decrementConcurrencyLimitsV1";

const isOfTag: Condition = { field: "name", startsWith: tagLimitPrefix };

const toName = (tag: string): string => tagLimitPrefix + tag;

export function concurrencyLimitHandlers({
  api,
  clock,
}: Pick<PrefectContext, "api" | "clock">): Pick<PrefectHandlers, TagLimitHandler> {
  const find = async (tag: string): Promise<ConcurrencyLimit | undefined> =>
    (await listLimitsByName(api, [toName(tag)]))[0];
  const show = async (limit: ConcurrencyLimit): Promise<TagLimit> =>
    toTagLimit(limit, await listLeases(api, [limit.id]));

  async function readById(id: string): Promise<ConcurrencyLimit> {
    const limit = await api.readObject("concurrency-limit", id);
    if (limit === null || !limit.name.startsWith(tagLimitPrefix)) throw notFound();
    return limit;
  }

  async function readByTag(tag: string): Promise<ConcurrencyLimit> {
    const limit = await find(tag);
    if (limit === undefined) throw notFound();
    return limit;
  }

  return {
    async createConcurrencyLimit({ body: { tag, concurrency_limit } }) {
      const slots = Math.max(0, concurrency_limit);
      const known = await find(tag);
      if (known === undefined) {
        try {
          const limit = { active: true, slots, taken: 0, takenAt: clock.now(), decayPerSecond: 0, denied: 0 };
          const made = await api.createObject("concurrency-limit", { name: toName(tag), ...limit });
          return { status: 201, body: toTagLimit(made, []) };
        } catch (error) {
          if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
        }
      }
      const { id } = known ?? (await readByTag(tag));
      const changed = await api.updateObject("concurrency-limit", id, { slots });
      if (changed === null) throw notFound();
      return { status: 200, body: await show(changed) };
    },

    readConcurrencyLimit: async ({ params }) => ({ status: 200, body: await show(await readById(params.id)) }),
    readConcurrencyLimitByTag: async ({ params }) => ({ status: 200, body: await show(await readByTag(params.tag)) }),

    async readConcurrencyLimits({ body }) {
      const query = { where: isOfTag, sort: { field: "name", direction: "asc" } } as const;
      const limits = await listAtMost(body, (page) => api.listObjects("concurrency-limit", query, page));
      const ids = limits.map(({ id }) => id);
      const leases = ids.length === 0 ? [] : await listLeases(api, ids);
      return { status: 200, body: limits.map((limit) => toTagLimit(limit, leases)) };
    },

    async deleteConcurrencyLimit({ params }) {
      const { id } = await readById(params.id);
      await api.deleteObject("concurrency-limit", id);
      return { status: 200, body: null };
    },

    async deleteConcurrencyLimitByTag({ params }) {
      const { id } = await readByTag(params.tag);
      await api.deleteObject("concurrency-limit", id);
      return { status: 200, body: null };
    },

    async resetConcurrencyLimitByTag({ params, body }) {
      const { id } = await readByTag(params.tag);
      const holders = body.slot_override ?? [];
      await endLeases(api, id);
      await api.updateObject("concurrency-limit", id, { taken: holders.length });
      for (const taskRunId of holders) {
        await api.createObject("slot-lease", {
          expiresAt: clock.now() + endlessMs,
          holder: toHolder({ type: "task_run", id: taskRunId }),
          limitIds: [id],
          slots: 1,
        });
      }
      return { status: 200, body: null };
    },

    async incrementConcurrencyLimitsV1({ body: { names, task_run_id } }) {
      const holder = toHolder({ type: "task_run", id: task_run_id });
      const answer = await api.takeSlots({ limits: names.map(toName), slots: 1, leaseMs: endlessMs, holder });
      if (answer.granted) {
        const enforced = answer.limits.filter(({ active }) => active).map(toMinimalLimit);
        return {
          status: 200,
          body: enforced.map((limit) => ({ ...limit, name: limit.name.slice(tagLimitPrefix.length) })),
        };
      }
      const tags = answer.refusedBy.map((name) => name.slice(tagLimitPrefix.length)).join(", ");
      // Without the header: these clients then fail, for waiting is of no use.
      if (answer.retryAfterMs === null) {
        throw new PrefectError({ status: 423, detail: `The limit of a tag is 0, so its tasks never run: ${tags}` });
      }
      throw new PrefectError({
        status: 423,
        detail: `As many tasks run as the limit of a tag allows: ${tags}`,
        headers: { "retry-after": toRetryAfter(answer.retryAfterMs) },
      });
    },

    async decrementConcurrencyLimitsV1({ body: { names, task_run_id } }) {
      const limits = await listLimitsByName(api, names.map(toName));
      const ids = limits.map(({ id }) => id);
      const leases = await listLeases(api, ids, toHolder({ type: "task_run", id: task_run_id }));
      for (const { id } of leases) await api.giveBackSlots({ leaseId: id });
      return { status: 200, body: limits.map(toMinimalLimit) };
    },
  };
}

function notFound(): PrefectError {
  return new PrefectError({ status: 404, detail: "Concurrency limit not found" });
}
