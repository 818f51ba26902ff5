import type { SeedLedger } from "../seed-ledger.ts";
import { processId, runIdOf } from "../run-spec.ts";

export interface SeededWork {
  readonly localPoolId: string;
  readonly gpuPoolId: string;
  readonly defaultQueueId: string;
  readonly urgentQueueId: string;
}

export async function addWork({ api, store, now, id }: SeedLedger): Promise<SeededWork> {
  const local = await api.createWorkPool({
    name: "local",
    type: "process",
    description: "Runs in processes on the machine of the worker.",
    concurrencyLimit: 8,
  });
  const gpu = await api.createWorkPool({ name: "gpu", type: "docker", description: "One card", concurrencyLimit: 1 });
  const nightly = await api.createWorkPool({
    name: "nightly",
    type: "kubernetes",
    description: "Paused until the move",
  });
  await api.updateWorkPool(nightly.id, { paused: true });
  const urgent = await api.createWorkQueue({ workPoolId: local.id, name: "urgent", priority: 1, concurrencyLimit: 2 });
  await api.createWorkQueue({
    workPoolId: local.id,
    name: "backfill",
    priority: 9,
    description: "Whenever there is room",
  });
  const workers = [
    { workPoolId: local.id, name: "worker-alder", agoMs: 2000 },
    { workPoolId: local.id, name: "worker-birch", agoMs: 5000 },
    { workPoolId: gpu.id, name: "worker-gpu-1", agoMs: 3 * 3_600_000 },
  ];
  for (const { workPoolId, name, agoMs } of workers) {
    const at = now - agoMs;
    const more = { id: id(`worker ${name}`), revision: 1, createdAt: now - 86_400_000, updatedAt: at, heartbeatAt: at };
    await store.insertObject(
      "worker",
      { ...more, workPoolId, name, heartbeatIntervalMs: 600_000, runtime: "node" },
      null,
    );
  }
  return {
    localPoolId: local.id,
    gpuPoolId: gpu.id,
    defaultQueueId: local.defaultQueueId ?? "",
    urgentQueueId: urgent.id,
  };
}

export async function addLimits({ api }: SeedLedger): Promise<void> {
  const limits = [
    { name: "database", slots: 4 },
    { name: "tag:gpu", slots: 1 },
    { name: "crm-api", slots: 10, decayPerSecond: 2 },
    { name: "unused", slots: 3, active: false },
  ];
  for (const { name, slots, decayPerSecond = 0, active = true } of limits) {
    await api.createObject("concurrency-limit", {
      name,
      slots,
      active,
      taken: 0,
      takenAt: 0,
      decayPerSecond,
      denied: 0,
    });
  }
  const leaseMs = 30 * 86_400_000;
  for (const run of ["patient-otter", "quick-lynx", "keen-stoat"]) {
    const holder = `flow-run:${runIdOf("train-model", run)}`;
    await api.takeSlots({ limits: ["database"], slots: 1, leaseMs, holder, processId });
  }
  const holder = `flow-run:${runIdOf("train-model", "patient-otter")}`;
  await api.takeSlots({ limits: ["tag:gpu"], slots: 1, leaseMs, holder, processId });
  await api.takeSlots({
    limits: ["tag:gpu"],
    slots: 1,
    leaseMs,
    holder: `flow-run:${runIdOf("train-model", "keen-stoat")}`,
  });
}

export async function addEvents({ api, now, id }: SeedLedger): Promise<void> {
  const names = ["order.placed", "order.shipped", "sensor.reading", "deploy.finished"];
  await api.record({
    processId,
    // As they happened: the oldest is told first.
    events: Array.from({ length: 240 }, (_, place) => 239 - place).map((index) => ({
      id: id(`event ${index}`),
      name: names[(index * 7) % names.length] ?? "order.placed",
      at: now - index * 347_000,
      flowRunId: null,
      taskRunId: null,
      resource: { id: `shop.order.${index % 40}`, name: `Order ${1000 + (index % 40)}` },
      payload: JSON.stringify({ amount: 10 + ((index * 37) % 90), currency: "EUR" }),
      related: [{ id: `shop.customer.${index % 11}`, role: "customer" }],
    })),
  });
}
