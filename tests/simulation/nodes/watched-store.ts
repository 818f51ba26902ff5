/** I4 and I6 at each write: no stale owner's word is taken, and no limit has more slots taken than it has. */

import type { Store } from "../../../packages/millrace/src/contract/store.ts";

/** @param store what the servers reach, which may break its promises */
export function watchStore(
  store: Store,
  {
    truth,
    tell,
    reached,
  }: {
    /** What is in the ledger. */
    readonly truth: Store;
    readonly tell: (violation: string) => void;
    /** Told of what is rare. */
    readonly reached: (branch: string) => void;
  },
): Store {
  async function checkLimits(): Promise<void> {
    const { items: limits } = await truth.findObjects("concurrency-limit", { where: { all: [] } }, { limit: 100 });
    const { items: leases } = await truth.findObjects("slot-lease", { where: { all: [] } }, { limit: 100 });
    for (const { id, name, slots, taken } of limits) {
      const leased = leases
        .filter(({ limitIds }) => limitIds.includes(id))
        .reduce((sum, lease) => sum + lease.slots, 0);
      if (taken > slots || leased > slots)
        tell(`I6: ${taken} slots of ${name} are taken, ${leased} are leased, and it has ${slots}`);
      if (taken !== leased) tell(`I6: ${taken} slots of ${name} are taken, and ${leased} are leased`);
    }
  }

  return {
    ...store,
    async record(batch) {
      const outcome = await store.record(batch);
      if (outcome.stale.length > 0) reached("the word of a stale owner was refused");
      for (const [at, { id, expected, claimFor }] of batch.transitions.entries()) {
        const run = outcome.transitions[at] ?? null;
        const before = run?.history.at(-2);
        if (run === null) continue;
        if (run.state.type === "CRASHED" && run.state.message?.startsWith("the process ") === true) {
          reached("the end of a process was found by its lease");
        }
        if (before?.at !== expected.stateAt)
          tell(`I4: ${id} was not in the state that was decided on when it became ${run.state.name}`);
        const epoch = expected.epoch + (claimFor === undefined ? 0 : 1);
        if (run.epoch !== epoch) tell(`I4: ${id} became ${run.state.name} by a token that is not its own`);
      }
      const owned = batch.taskRuns.filter(({ flowRunId }) => flowRunId !== null && !outcome.stale.includes(flowRunId));
      if (owned.length > 0) {
        const runs = await truth.readFlowRuns([...new Set(owned.flatMap(({ flowRunId }) => flowRunId ?? []))]);
        const epochs = new Map(runs.map(({ id, epoch }) => [id, epoch]));
        for (const { id, flowRunId, epoch } of owned) {
          if (epoch < (epochs.get(flowRunId ?? "") ?? 0))
            tell(`I4: the word of a stale owner was taken for task run ${id}`);
        }
      }
      return outcome;
    },
    async changeLimits(...change) {
      const outcome = await store.changeLimits(...change);
      await checkLimits();
      return outcome;
    },
    async endSlotLease(end) {
      const isEnded = await store.endSlotLease(end);
      if (isEnded && end.expiredAt !== undefined) reached("slots ended because nobody renewed them");
      await checkLimits();
      return isEnded;
    },
  };
}
