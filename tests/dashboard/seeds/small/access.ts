import type { NewAuditEntry } from "../../../../packages/millrace/src/contract/access.ts";
import { addAccounts, addAudit, type SeededAccount } from "../accounts.ts";
import type { SeedLedger } from "../seed-ledger.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const accounts = [
  {
    name: "ada",
    kind: "person",
    role: "admin",
    keys: [{ name: "laptop", usedAgoMs: 4 * hour, expiredAgoMs: -60 * day }],
  },
  { name: "grace", kind: "person", role: "author", keys: [{ name: "old laptop", expiredAgoMs: 2 * day }] },
  { name: "lin", kind: "person", role: "viewer" },
  { name: "mallory", kind: "person", role: "operator", isDisabled: true },
  {
    name: "gpu-workers",
    kind: "service",
    role: "worker",
    keys: [{ name: "rack-7", usedAgoMs: minute }, { name: "rack-8" }],
  },
  { name: "ci", kind: "service", role: "runner", keys: [{ name: "pipeline", usedAgoMs: 22 * minute }] },
] as const satisfies readonly SeededAccount[];

type Name = (typeof accounts)[number]["name"];

/** Who did what, from the newest on; the first is of the moment before. */
const calls: readonly (readonly [
  who: Name | null,
  action: string,
  path: string,
  more?: Partial<Pick<NewAuditEntry, "outcome" | "status" | "accountName" | "means">>,
])[] = [
  ["ada", "signIn", "/v1/session"],
  ["ci", "submitRun", "/v1/runs"],
  ["lin", "deleteSecret", "/v1/secrets/crm-token", { outcome: "denied", status: 403 }],
  [null, "signIn", "/v1/session", { outcome: "denied", status: 401, accountName: "root", means: "password" }],
  [null, "version", "/v1/version", { outcome: "denied", status: 401 }],
  ["grace", "setSecret", "/v1/secrets/crm-token/value"],
  ["grace", "saveDeployment", "/v1/deployments"],
  ["grace", "createObject", "/v1/objects/variable", { outcome: "failed", status: 409 }],
  ["lin", "signIn", "/v1/session"],
  ["ada", "createApiKey", "/v1/api-keys"],
  ["ada", "updateAccount", "/v1/accounts/mallory"],
  ["mallory", "deleteFlowRun", "/v1/flow-runs/019a3b2c-0000-7000-8000-000000000000"],
  ["mallory", "changeFlowRuns", "/v1/flow-runs/changes"],
  ["ada", "createAccount", "/v1/accounts"],
];

/** A team that comes in by name, and machines that come in by key. */
export async function addAccess(ledger: SeedLedger): Promise<void> {
  await addAccounts(ledger, accounts);
  const { id, now } = ledger;
  const entries = calls.map(([who, action, path, more], index): NewAuditEntry => {
    const account = accounts.find(({ name }) => name === who);
    const byKey = account?.kind === "service";
    return {
      at: now - (index + 1) * 17 * minute,
      accountId: who === null ? null : id(`account ${who}`),
      accountName: who,
      means: who === null ? null : byKey ? "key" : action === "signIn" ? "password" : "session",
      keyId: byKey ? id(`key ${who} pipeline`) : null,
      address: byKey ? "10.0.4.17" : "192.0.2.31",
      action,
      path,
      outcome: "done",
      status: 200,
      requestId: id(`request ${index}`),
      ...more,
    };
  });
  await addAudit(ledger, entries.toReversed());
}
