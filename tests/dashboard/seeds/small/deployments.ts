import type { SeedLedger } from "../seed-ledger.ts";
import type { SeededWork } from "./work.ts";

export interface SeededDeployments extends SeededWork {
  readonly sales: string;
  readonly train: string;
  readonly contacts: string;
  readonly invoices: string;
}

/** Every kind of field that a form has. */
const salesSchema = {
  type: "object",
  properties: {
    date: { type: "string", format: "date", title: "Date", description: "The day to read" },
    region: { type: "string", enum: ["north", "south", "east", "west"], default: "north", title: "Region" },
    limit: { type: "integer", minimum: 1, maximum: 100_000, default: 1000, title: "Rows at most" },
    ratio: { type: "number", default: 0.8, title: "Sample" },
    dryRun: { type: "boolean", default: false, title: "Only look" },
    columns: { type: "array", items: { type: "string" }, default: ["day", "amount"], title: "Columns" },
    notify: {
      type: "object",
      title: "Who is told",
      properties: { email: { type: "string", format: "email" }, when: { enum: ["always", "on failure"] } },
    },
    token: { type: "string", format: "password", writeOnly: true, title: "Token" },
  },
  required: ["date"],
};

export async function addDeployments({ api }: SeedLedger, work: SeededWork): Promise<SeededDeployments> {
  const { deployment: sales } = await api.saveDeployment({
    flowName: "daily-sales",
    name: "production",
    description: "Reads the shop's orders of a day, and writes the report of it.\n\n**Owner:** the sales team",
    tags: ["sales", "daily"],
    version: "1.3.0",
    entrypoint: "flows/daily-sales.ts:main",
    path: "/srv/flows",
    parameters: { date: "2026-11-25", region: "north", limit: 1000 },
    parameterSchema: salesSchema,
    workPoolId: work.localPoolId,
    workQueueId: work.defaultQueueId,
    concurrencyLimit: 2,
    collisionStrategy: "enqueue",
    schedules: [
      { slug: "every-morning", active: true, spec: { kind: "cron", cron: "0 6 * * *", timezone: "Europe/Berlin" } },
      { slug: "hourly", active: true, spec: { kind: "interval", everyMs: 3_600_000 } },
      { slug: "month-end", active: false, spec: { kind: "rrule", rrule: "FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=22" } },
    ],
    triggers: [
      {
        name: "on-deploy",
        trigger: {
          kind: "event",
          posture: "Reactive",
          match: {},
          matchRelated: [],
          after: [],
          expect: ["deploy.finished"],
          forEach: [],
          threshold: 1,
          withinMs: 0,
        },
      },
    ],
  });
  await api.updateDeployment(sales.id, {
    version: "1.4.0",
    parameters: { date: "2026-11-25", region: "west", limit: 5000 },
  });
  await api.updateDeployment(sales.id, {
    description: "Reads the shop's orders of a day, and writes the report of it.",
  });
  const { deployment: train } = await api.saveDeployment({
    flowName: "train-model",
    name: "gpu",
    tags: ["ml"],
    entrypoint: "flows/train-model.ts:main",
    parameters: { epochs: 20 },
    parameterSchema: {
      type: "object",
      properties: { epochs: { type: "integer", minimum: 1 }, seed: { type: "integer" } },
      required: ["epochs"],
    },
    workPoolId: work.gpuPoolId,
  });
  const { deployment: contacts } = await api.saveDeployment({
    flowName: "sync-contacts",
    name: "every-quarter-hour",
    tags: ["crm"],
    entrypoint: "flows/sync-contacts.ts:main",
    workPoolId: work.localPoolId,
    workQueueId: work.urgentQueueId,
    schedules: [{ slug: null, active: true, spec: { kind: "interval", everyMs: 900_000 } }],
  });
  const { deployment: invoices } = await api.saveDeployment({
    flowName: "send-invoices",
    name: "production",
    entrypoint: "flows/send-invoices.ts:main",
    schedules: [{ slug: "fridays", active: true, spec: { kind: "cron", cron: "0 16 * * 5", timezone: "UTC" } }],
  });
  await api.pauseDeployment(invoices.id);
  return { ...work, sales: sales.id, train: train.id, contacts: contacts.id, invoices: invoices.id };
}
