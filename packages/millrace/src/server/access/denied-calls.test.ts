import { beforeEach, describe, expect, test } from "vitest";
import type { Access, NewAuditEntry } from "../../contract/access.ts";
import { type Clock, systemClock } from "../../kit/clock.ts";
import { createDeferred, type Deferred } from "../../kit/deferred.ts";
import { byAccount, byAddress, createDeniedCalls, type DeniedCalls, withFewDenied } from "./denied-calls.ts";

let kept: NewAuditEntry[];
let minute: Deferred<void>;
let failures: unknown[];
let access: { audit(entry: NewAuditEntry): Promise<void> };
let clock: Clock;
let denied: DeniedCalls;

beforeEach(() => {
  kept = [];
  failures = [];
  clock = {
    ...systemClock,
    sleep: () => {
      minute = createDeferred();
      return minute.promise;
    },
  };
  access = { audit: async (entry) => void kept.push(entry) };
  denied = createDeniedCalls({ access, clock, sorting: byAddress, onFailure: (error) => failures.push(error) });
});

async function endMinute(): Promise<void> {
  minute.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}

const aCall = (address: string, more: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  at: 1,
  accountId: null,
  accountName: null,
  means: null,
  keyId: null,
  address,
  action: "listFlowRuns",
  path: "/v1/flow-runs/filter",
  outcome: "denied",
  status: 401,
  requestId: "r",
  ...more,
});
const shown = () => kept.map(({ address, accountName, calls = 1 }) => `${address} ${accountName ?? "-"} ${calls}`);

test("the first is kept at once, those that follow are one entry when the minute is over", async () => {
  for (let index = 0; index < 1000; index++) await denied.tell(aCall("203.0.113.7", { at: index }));
  await denied.tell(aCall("203.0.113.8"));
  expect(shown()).toEqual(["203.0.113.7 - 1", "203.0.113.8 - 1"]);
  await endMinute();
  expect(shown().slice(2)).toEqual(["203.0.113.7 - 999"]);
  expect(kept.at(-1)?.at).toBe(999);
  await denied.tell(aCall("203.0.113.7"));
  expect(shown().slice(3)).toEqual(["203.0.113.7 - 1"]);
  await endMinute();
  expect(kept).toHaveLength(4);
});

test("names that are tried are told apart", async () => {
  for (const accountName of ["ada", "bob", "ada"]) await denied.tell(aCall("::1", { accountName, means: "password" }));
  await denied.close();
  expect(shown()).toEqual(["::1 ada 1", "::1 bob 1", "::1 ada 1"]);
});

test("an address that tries any number of names has few entries, and takes none of the others'", async () => {
  for (let index = 0; index < 2000; index++)
    await denied.tell(aCall("203.0.113.7", { accountName: `name ${index}`, means: "password" }));
  await denied.tell(aCall("203.0.113.8", { accountName: "ada" }));
  await denied.close();
  expect(kept).toHaveLength(12);
  expect(shown().slice(8)).toEqual([
    "203.0.113.7 name 8 1",
    "203.0.113.7 name 9 1",
    "203.0.113.8 ada 1",
    "203.0.113.7 - 1990",
  ]);
  expect(kept.reduce((sum, { calls = 1 }) => sum + calls, 0)).toBe(2001);
});

test("very many addresses share an entry", async () => {
  for (let index = 0; index < 2000; index++) await denied.tell(aCall(`2001:db8:0:${index.toString(16)}::1`));
  await denied.close();
  expect(kept).toHaveLength(501);
  expect(shown().at(-1)).toBe("* - 1500");
});

test("addresses of one network are one: there is no end to those of IPv6", async () => {
  for (let index = 0; index < 2000; index++) await denied.tell(aCall(`2001:db8::${index.toString(16)}`));
  await denied.close();
  expect(shown()).toEqual(["2001:db8::0 - 1", "2001:db8::7cf - 1999"]);
});

describe("of accounts", () => {
  const ofAccount = (account: string, more: Partial<NewAuditEntry> = {}): NewAuditEntry =>
    aCall("203.0.113.7", { accountId: account, accountName: account, means: "key", status: 403, ...more });
  const told = () =>
    kept.map(({ accountId, accountName, action, calls = 1 }) => `${accountId} ${accountName} ${action} ${calls}`);
  const few = () => withFewDenied(access as Access, { clock, onFailure: (error) => failures.push(error) });

  test("the calls that they may not make are told apart by which, and counted; what they did has an entry each", async () => {
    const { access: audited, close } = few();
    for (let nth = 0; nth < 1000; nth++) await audited.audit(ofAccount("ada", { action: `a ${nth % 2}` }));
    for (const outcome of ["done", "failed"] as const)
      for (let nth = 0; nth < 3; nth++) await audited.audit(ofAccount("ada", { outcome }));
    await audited.audit(ofAccount("bob"));
    expect(told()).toHaveLength(9);
    await close();
    expect(told().slice(9)).toEqual(["ada ada a 0 499", "ada ada a 1 499"]);
  });

  test("one that makes any calls has few entries, and takes none of the others'", async () => {
    const { access: audited, close } = few();
    for (let nth = 0; nth < 2000; nth++) await audited.audit(ofAccount("ada", { action: `a ${nth}` }));
    await audited.audit(ofAccount("bob"));
    await close();
    expect(told().slice(19)).toEqual(["ada ada a 19 1", "bob bob listFlowRuns 1", "ada ada * 1980"]);
    expect(kept.reduce((sum, { calls = 1 }) => sum + calls, 0)).toBe(2001);
  });

  test("of the runs of a worker no one is named for what several did", async () => {
    const sorted = createDeniedCalls({ access, clock, sorting: byAccount, onFailure: (error) => failures.push(error) });
    for (let nth = 0; nth < 30; nth++)
      await sorted.tell(ofAccount("worker", { accountName: `worker, flow run ${nth}` }));
    await sorted.close();
    expect(told().slice(20)).toEqual(["worker null * 10"]);
  });

  test("very many of them share an entry", async () => {
    const { access: audited, close } = few();
    for (let nth = 0; nth < 2000; nth++) await audited.audit(ofAccount(`account ${nth}`));
    await close();
    expect(told().slice(500)).toEqual(["null null * 1500"]);
  });
});

test("a count that cannot be kept is told of", async () => {
  const broken = createDeniedCalls({
    access: {
      audit: async ({ calls = 1 }) => {
        if (calls > 1) throw new Error("no room");
      },
    },
    clock: systemClock,
    sorting: byAddress,
    onFailure: (error) => failures.push(error),
  });
  for (let index = 0; index < 3; index++) await broken.tell(aCall("::1"));
  await broken.close();
  expect(failures).toMatchObject([{ message: "no room" }]);
});
