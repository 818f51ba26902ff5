import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Access } from "../../contract/access.ts";
import type { Api } from "../../contract/api.ts";
import { systemClock } from "../../kit/clock.ts";
import { createVirtualClock, type VirtualClock } from "../../kit/virtual-clock.ts";
import { makeLedger } from "../../store/ledger-under-test.testsuite.ts";
import { createService } from "../create-service.ts";
import { createAccess } from "./create-access.ts";
import { isSameDigest } from "./key-text.ts";

const password = "correct horse battery";
const from = "192.0.2.1";
const open: (() => unknown)[] = [];
let api: Api;
let access: Access;
let clock: VirtualClock;

beforeEach(async () => {
  clock = createVirtualClock({ start: systemClock.now() });
  const ledger = await makeLedger();
  open.push(() => ledger.remove());
  const store = await ledger.open();
  open.push(() => store.close());
  api = createService({ store, clock });
  access = createAccess({ access: store.access, clock });
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  clock[Symbol.dispose]();
});

const makeAda = () => api.createAccount({ name: "ada", kind: "person", role: "author", password });
const byPassword = (text: string, name = "ada") => access.identify({ kind: "password", name, password: text }, from);

describe("a key", () => {
  test("says whose it is, until it is deleted, expires, or its account is kept out", async () => {
    const ada = await makeAda();
    const forever = await api.createApiKey({ accountId: ada.id, name: "forever" });
    const short = await api.createApiKey({ accountId: ada.id, name: "short", expiresAt: clock.now() + 10_000 });
    const identify = (text: string) => access.identify({ kind: "key", text }, from);
    expect(await identify(forever.text)).toEqual({ account: ada, means: "key", keyId: forever.key.id });
    expect((await identify(short.text))?.keyId).toBe(short.key.id);
    await clock.advance(10_000);
    expect(await identify(short.text)).toBeNull();

    await api.updateAccount(ada.id, { isDisabled: true });
    await clock.advance(5000);
    expect(await identify(forever.text)).toBeNull();
    await api.updateAccount(ada.id, { isDisabled: false });
    await clock.advance(5000);
    expect((await identify(forever.text))?.account.name).toBe("ada");
    await api.deleteApiKey(forever.key.id);
    await clock.advance(5000);
    expect(await identify(forever.text)).toBeNull();
  });

  test("is none when a character of it is another one, or when only its start is right", async () => {
    const { text } = await api.createApiKey({ accountId: (await makeAda()).id, name: "key" });
    const changed = text.slice(0, -2) + (text.at(-2) === "A" ? "B" : "A") + text.slice(-1);
    for (const wrong of [changed, text.slice(0, 30), `${text}a`, "", "mr_", "__proto__"]) {
      expect(await access.identify({ kind: "key", text: wrong }, from)).toBeNull();
    }
  });

  test("remembers when it was used, to the minute", async () => {
    const { key, text } = await api.createApiKey({ accountId: (await makeAda()).id, name: "key" });
    const usedAt = async () => (await api.listApiKeys({})).items.find(({ id }) => id === key.id)?.usedAt;
    await access.identify({ kind: "key", text }, from);
    const first = await usedAt();
    expect(first).toBe(clock.now());
    await clock.advance(30_000);
    await access.identify({ kind: "key", text }, from);
    expect(await usedAt()).toBe(first);
    await clock.advance(31_000);
    await access.identify({ kind: "key", text }, from);
    expect(await usedAt()).toBe(clock.now());
  });
});

describe("a password", () => {
  test("is right or wrong, and gone within 5 s when it was changed", async () => {
    const { id } = await makeAda();
    expect((await byPassword(password))?.means).toBe("password");
    expect(await byPassword("incorrect horse")).toBeNull();
    expect(await byPassword(password, "nobody")).toBeNull();
    await api.updateAccount(id, { password: "another long password" });
    await clock.advance(5000);
    expect(await byPassword(password)).toBeNull();
    expect((await byPassword("another long password"))?.account.id).toBe(id);
  });

  test("opens a session, which ends when it is closed, after a week, and with another password", async () => {
    const { id } = await makeAda();
    expect(await access.signIn({ name: "ada", password: "wrong wrong wrong", from })).toBeNull();
    const signIn = async () => (await access.signIn({ name: "ada", password, from }))?.token ?? "";
    const known = (token: string) => access.identify({ kind: "session", token }, from);
    const closed = await signIn();
    expect((await known(closed))?.account.id).toBe(id);
    await access.signOut(closed);
    expect(await known(closed)).toBeNull();

    const old = await signIn();
    await clock.advance(7 * 24 * 60 * 60_000);
    expect(await known(old)).toBeNull();

    const other = await signIn();
    expect((await known(other))?.means).toBe("session");
    await api.updateAccount(id, { password: "another long password" });
    await clock.advance(5000);
    expect(await known(other)).toBeNull();
  });
});

test("a session is not opened by a password that was right a moment ago", async () => {
  const { id } = await makeAda();
  expect(await byPassword(password)).not.toBeNull();
  await api.updateAccount(id, { password: "another long password" });
  expect(await access.signIn({ name: "ada", password, from })).toBeNull();
});

describe("failed attempts", () => {
  test("of a name keep it out for a while, whoever tries, and others are let in", async () => {
    await makeAda();
    await api.createAccount({ name: "grace", kind: "person", role: "viewer", password });
    for (let attempt = 0; attempt < 10; attempt++) expect(await byPassword(`wrong password ${attempt}`)).toBeNull();
    const elsewhere = access.identify({ kind: "password", name: "ada", password }, "198.51.100.7");
    await expect(elsewhere).rejects.toMatchObject({ code: "ATTEMPTS_EXCEEDED", status: 429 });
    expect((await byPassword(password, "grace"))?.account.name).toBe("grace");
    await clock.advance(5 * 60_000);
    expect((await byPassword(password))?.account.name).toBe("ada");
  });

  test("of an address keep out what is new from there, and not who is known", async () => {
    const { text } = await api.createApiKey({ accountId: (await makeAda()).id, name: "key" });
    const withKey = (key: string, where = from) => access.identify({ kind: "key", text: key }, where);
    expect(await withKey(text)).not.toBeNull();
    for (let attempt = 0; attempt < 50; attempt++) await withKey(`mr_${attempt}`);
    await expect(withKey("mr_another")).rejects.toMatchObject({ code: "ATTEMPTS_EXCEEDED" });
    await clock.advance(5000);
    expect(await withKey(text)).not.toBeNull();
    expect(await withKey("mr_another", "198.51.100.7")).toBeNull();
  });
});

/** Counts what node:crypto is asked for, which does it all the same. */
function watchCrypto<Name extends "scrypt" | "timingSafeEqual">(name: Name) {
  const watched = vi.spyOn(process.getBuiltinModule("node:crypto"), name);
  onTestFinished(() => watched.mockRestore());
  return watched.mock;
}

describe("ten thousand guesses", () => {
  test("at a name, all at once, are not looked at but for as many as may fail", async () => {
    await makeAda();
    const hashed = watchCrypto("scrypt");
    const outcomes = await Promise.all(
      Array.from({ length: 10_000 }, (_, nth) =>
        access.identify({ kind: "password", name: "ada", password: `guess ${nth}` }, `192.0.2.${nth % 250}`).then(
          (identity) => (identity === null ? "wrong" : "in"),
          (error: { readonly code?: string }) => error.code,
        ),
      ),
    );
    expect(
      Object.fromEntries(
        Map.groupBy(outcomes, (each) => each)
          .entries()
          .map(([each, those]) => [each, those.length]),
      ),
    ).toEqual({
      wrong: 10,
      ATTEMPTS_EXCEEDED: 9990,
    });
    expect(hashed.calls).toHaveLength(10);
  });

  test("of keys from an address ask the ledger for no more than fifty", async () => {
    await makeAda();
    const outcomes: (string | undefined)[] = [];
    for (let nth = 0; nth < 10_000; nth++) {
      const text = `mr_${nth.toString().padStart(22, "A")}${"B".repeat(43)}`;
      outcomes.push(
        await access.identify({ kind: "key", text }, from).then(
          () => "wrong",
          (error: { readonly code?: string }) => error.code,
        ),
      );
    }
    expect(outcomes.filter((each) => each === "wrong")).toHaveLength(50);
    expect(outcomes.filter((each) => each === "ATTEMPTS_EXCEEDED")).toHaveLength(9950);
  });

  test("of one who sends the right password many times at once are one look", async () => {
    await makeAda();
    const hashed = watchCrypto("scrypt");
    const found = await Promise.all(Array.from({ length: 100 }, () => byPassword(password)));
    expect(found.every((identity) => identity?.account.name === "ada")).toBe(true);
    expect(hashed.calls).toHaveLength(1);
  });
});

describe("what proves somebody takes as long to refuse, by what is done for it", () => {
  test("a password is hashed as often for a name that is there as for one that is not", async () => {
    await makeAda();
    const service = await api.createAccount({ name: "robot", kind: "service", role: "runner" });
    await api.updateAccount(service.id, { isDisabled: true });
    for (const name of ["ada", "nobody", "robot"]) {
      const hashed = watchCrypto("scrypt");
      const before = hashed.calls.length;
      expect(await byPassword("incorrect horse", name)).toBeNull();
      const calls = hashed.calls.slice(before);
      expect(calls.map(([, , size, options]) => [size, options])).toEqual([
        [32, { N: 2 ** 16, r: 8, p: 2, maxmem: 256 * 2 ** 16 * 8 }],
      ]);
    }
  });

  test("a key is compared by digests of one length, whatever of it is right", async () => {
    const { text } = await api.createApiKey({ accountId: (await makeAda()).id, name: "key" });
    const secretAt = text.length - 43;
    const compared = watchCrypto("timingSafeEqual");
    for (const right of [0, 1, 10, 20, 42, 43]) {
      const guess = text.slice(0, secretAt + right) + "x".repeat(43 - right);
      const identity = await access.identify({ kind: "key", text: guess }, from);
      expect(identity !== null).toBe(guess === text);
    }
    const lengths = compared.calls.map(([one, other]) => [one.byteLength, other.byteLength]);
    expect(lengths).toEqual(Array.from({ length: 6 }, () => [64, 64]));
  });

  test("texts that differ are not the same", () => {
    expect(isSameDigest("a".repeat(64), "a".repeat(64))).toBe(true);
    for (const other of [
      "b".repeat(64),
      `${"a".repeat(63)}b`,
      `b${"a".repeat(63)}`,
      "a".repeat(63),
      "",
      "a".repeat(65),
    ]) {
      expect(isSameDigest("a".repeat(64), other)).toBe(false);
    }
  });
});

test("what is told at once is kept together, and each teller hears when it is", async () => {
  const entry = {
    at: clock.now(),
    accountId: null,
    accountName: "ada",
    means: null,
    keyId: null,
    address: from,
    action: "deleteFlowRun",
    path: "/v1/flow-runs/1",
    outcome: "denied",
    status: 403,
  } as const;
  await Promise.all(Array.from({ length: 100 }, (_, index) => access.audit({ ...entry, requestId: `r-${index}` })));
  const { items } = await api.listAuditEntries({}, { limit: 1000 });
  expect(items.map(({ requestId }) => requestId)).toEqual(Array.from({ length: 100 }, (_, index) => `r-${99 - index}`));
});
