import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Vault } from "../contract/runtime.ts";
import { blockDocumentSeal } from "../contract/secrets.ts";
import type { Store } from "../contract/store.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createVirtualClock, type VirtualClock } from "../kit/virtual-clock.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../store/suite/ledger.testsuite.ts";
import { type Rotation, rotateSecretsKey } from "./rotate-secrets-key.ts";
import { takeRotationLock } from "./rotation-lock.ts";
import { readSealedValues } from "./sealed-values.ts";
import { parseSealed } from "./sealed-text.ts";
import { createVault } from "./vault.ts";

const values = 250;
let ledger: TestLedger;
let store: Store;
let clock: VirtualClock;
let home: string;
let keyFile: string;

beforeEach(async () => {
  ledger = await makeLedger();
  store = await ledger.open();
  clock = createVirtualClock({ autoAdvance: true });
  home = mkdtempSync(join(tmpdir(), "millrace-rotation-"));
  keyFile = join(home, "secrets.key");
});
afterEach(async () => {
  clock[Symbol.dispose]();
  await store.close();
  await ledger.remove();
  rmSync(home, { recursive: true, force: true });
});

const rotate = (options: { readonly isDryRun?: boolean; readonly secretsKey?: string } = {}): Promise<Rotation> =>
  rotateSecretsKey({ store, clock, home, secretsKey: null, isDryRun: false, ...options });
const keysInFile = (): number => readFileSync(keyFile, "utf8").trim().split("\n").length;

/** Secrets and a block, sealed with this vault. */
async function fill(vault: Vault, count = values): Promise<void> {
  const api = createService({ store, clock });
  for (let index = 0; index < count; index++) {
    const name = `secret-${index}`;
    await store.writeSecret({ name, sealed: await vault.seal(name, `value ${index}`), at: clock.now() });
  }
  const type = await api.createObject("block-type", { slug: "secret", name: "Secret" });
  const schema = { blockTypeId: type.id, checksum: "sha256:0", schemaVersion: "1", capabilities: [], fields: {} };
  const { id: blockSchemaId } = await api.createObject("block-schema", schema);
  const id = uuidv7();
  const sealed = await vault.seal(blockDocumentSeal(id), '{"value":"of a block"}');
  await api.createObject("block-document", {
    id,
    blockTypeId: type.id,
    blockSchemaId,
    name: "b",
    anonymous: false,
    sealed,
  });
}

async function openAll(vault: Vault): Promise<readonly string[]> {
  const opened: string[] = [];
  for await (const { sealName, sealed } of readSealedValues(store)) opened.push(await vault.open(sealName, sealed));
  return opened;
}

async function keyIds(): Promise<ReadonlySet<string | null | undefined>> {
  const ids = new Set<string | null | undefined>();
  for await (const { sealed } of readSealedValues(store)) ids.add(parseSealed(sealed)?.keyId);
  return ids;
}

describe("a rotation", () => {
  test("seals everything with a new key, drops the old one, and changes nothing else", async () => {
    const vault = createVault({ home });
    await fill(vault);
    const before = { values: await openAll(vault), key: readFileSync(keyFile, "utf8"), ids: await keyIds() };
    const secret = await store.readSecret("secret-7");
    const events = (await store.findEvents({}, { limit: 1000 })).items.length;

    const rotation = await rotate();
    expect(rotation).toEqual({
      keyId: expect.stringMatching(/^[\w-]{12}$/) as string,
      isResumed: false,
      secrets: values,
      blocks: 1,
      unreadable: [],
      unused: [...before.ids],
    });
    expect(keysInFile()).toBe(1);
    expect(readFileSync(keyFile, "utf8")).not.toBe(before.key);
    expect((statSync(keyFile).mode & 0o077) === 0 || process.platform === "win32").toBe(true);
    expect(await keyIds()).toEqual(new Set([rotation.keyId]));
    // One that was open all the time, and one that is opened now.
    expect(await openAll(vault)).toEqual(before.values);
    expect(await openAll(createVault({ home }))).toEqual(before.values);
    expect({ ...(await store.readSecret("secret-7")), sealed: "" }).toEqual({ ...secret, sealed: "" });
    expect((await store.findEvents({}, { limit: 1000 })).items.length).toBe(events);
  });

  test("is of the workspaces too", async () => {
    const vault = createVault({ home });
    const workspace = await createService({ store, clock }).createWorkspace({ name: "red" });
    const beside = await store.openBeside(workspace.id);
    await beside.writeSecret({ name: "token", sealed: await vault.seal("token", "of red"), at: clock.now() });
    await beside.writeSecret({ name: "lost", sealed: "nobody's", at: clock.now() });
    const rotation = await rotate();
    expect(rotation).toMatchObject({ secrets: 1, unreadable: ["secret red/lost"] });
    const sealed = (await beside.readSecret("token"))?.sealed ?? "";
    expect(parseSealed(sealed)?.keyId).toBe(rotation.keyId);
    expect(await createVault({ home }).open("token", sealed)).toBe("of red");
    await beside.close();
    await store.dropBeside(workspace.id);
  });

  test("that is dry says what it would do, and does nothing", async () => {
    await fill(createVault({ home }), 3);
    const key = readFileSync(keyFile, "utf8");
    const nothing = { keyId: null, isResumed: false, unreadable: [], unused: [] };
    expect(await rotate({ isDryRun: true })).toEqual({ ...nothing, secrets: 3, blocks: 1 });
    expect(readFileSync(keyFile, "utf8")).toBe(key);
  });

  test("leaves what no key opens, and tells of it", async () => {
    await fill(createVault({ home }), 2);
    const foreign = await createVault({ home, key: Buffer.alloc(32, 9).toString("hex") }).seal("lost", "x");
    await store.writeSecret({ name: "lost", sealed: foreign, at: 0 });
    expect(await rotate()).toMatchObject({ secrets: 2, blocks: 1, unreadable: ["secret lost"] });
    expect((await store.readSecret("lost"))?.sealed).toBe(foreign);
  });

  test("does nothing where nothing was sealed, and is refused where the key is lost", async () => {
    expect(await rotate()).toMatchObject({ keyId: null, secrets: 0 });
    await fill(createVault({ home }), 1);
    rmSync(keyFile);
    await expect(rotate()).rejects.toMatchObject({
      code: "KEY_ROTATION_REFUSED",
      message: expect.stringContaining("the secret secret-0 was sealed with one") as string,
    });
  });

  test("never overwrites what somebody sets at the same time", async () => {
    const vault = createVault({ home });
    await fill(vault, 20);
    const racing: Store = {
      ...store,
      async resealSecret(secret) {
        if (secret.name === "secret-3" && isFirst) {
          isFirst = false;
          await store.writeSecret({ name: secret.name, sealed: await vault.seal(secret.name, "newer"), at: 1 });
        }
        return store.resealSecret(secret);
      },
    };
    let isFirst = true;
    await rotateSecretsKey({ store: racing, clock, home, secretsKey: null, isDryRun: false });
    expect(await vault.open("secret-3", (await store.readSecret("secret-3"))?.sealed ?? "")).toBe("newer");
  });

  test("seals anew what came late with the old key, and keeps both keys where that does not end", async () => {
    const vault = createVault({ home });
    await fill(vault, 1);
    const late = await vault.seal("late", "x");
    const withLate = (how: { times: number }): VirtualClock => ({
      ...clock,
      async sleep() {
        if (how.times-- > 0) await store.writeSecret({ name: "late", sealed: late, at: 0 });
      },
    });
    const options = { store, home, secretsKey: null, isDryRun: false };
    await expect(rotateSecretsKey({ ...options, clock: withLate({ times: 100 }) })).rejects.toMatchObject({
      code: "KEY_ROTATION_REFUSED",
    });
    expect(keysInFile()).toBe(2);
    const rotation = await rotateSecretsKey({ ...options, clock: withLate({ times: 1 }) });
    expect(rotation).toMatchObject({ isResumed: true, secrets: 1 });
    expect(keysInFile()).toBe(1);
    expect(await openAll(createVault({ home }))).toHaveLength(3);
  });

  test("is one at a time for a home", async () => {
    await fill(createVault({ home }), 1);
    {
      using _ = takeRotationLock(home);
      await expect(rotate()).rejects.toMatchObject({ code: "KEY_ROTATION_REFUSED" });
    }
    expect(await rotate()).toMatchObject({ secrets: 1 });
  });
});

describe("keys in the setting", () => {
  const [old, next] = [Buffer.alloc(32, 1).toString("hex"), Buffer.alloc(32, 2).toString("hex")];

  test("are not made here: what is sealed goes to the first, and the others are named", async () => {
    await fill(createVault({ home, key: old }), 3);
    await expect(rotate({ secretsKey: old })).rejects.toMatchObject({ code: "KEY_ROTATION_REFUSED" });
    const rotation = await rotate({ secretsKey: `${next},${old}` });
    expect(rotation).toMatchObject({ secrets: 3, blocks: 1, unused: [expect.stringMatching(/^[\w-]{12}$/)] });
    expect(await openAll(createVault({ home, key: next }))).toHaveLength(4);
  });
});

describe.skipIf(process.env.MILLRACE_TEST_LEDGER === "postgres")("over processes", () => {
  /** A process with this ledger, which ends itself by SIGKILL where the code says so. */
  const run = (code: string) =>
    promisify(execFile)(process.execPath, ["--conditions=millrace-source", "--input-type=module", "--eval", code], {
      env: { ...process.env, MILLRACE_HOME: home },
    });
  const from = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const opened = `
    import { openStore } from ${from("./open-store.ts")};
    import { systemClock } from ${from("../kit/clock.ts")};
    import { createVault } from ${from("./vault.ts")};
    import { rotateSecretsKey } from ${from("./rotate-secrets-key.ts")};
    const home = process.env.MILLRACE_HOME;
    const store = await openStore({ home, database: null, durability: "process" }, systemClock);
    const vault = createVault({ home });
    const rotate = (onResealed) =>
      rotateSecretsKey({ store, clock: systemClock, home, secretsKey: null, isDryRun: false, onResealed });
  `;

  const openHere = async () => {
    const { openStore } = await import("./open-store.ts");
    await store.close();
    store = await openStore({ home, database: null, durability: "process" }, clock);
  };

  test.each([0, 1, 120, 251])(
    "one that is killed after %i values leaves all readable, and is gone on with",
    async (n) => {
      await openHere();
      await fill(createVault({ home }));
      const all = await openAll(createVault({ home }));
      const kill = `let left = ${n}; const die = () => process.kill(process.pid, "SIGKILL");
      await rotate(() => { if (left-- <= 0) die(); }); die();`;
      await expect(run(opened + kill)).rejects.toMatchObject({ signal: "SIGKILL" });
      expect(await openAll(createVault({ home }))).toEqual(all);
      const isBegun = keysInFile() > 1;
      const rotation = await rotate();
      expect(rotation).toMatchObject({ isResumed: isBegun, unreadable: [] });
      expect(keysInFile()).toBe(1);
      expect(await keyIds()).toEqual(new Set([rotation.keyId]));
      expect(await openAll(createVault({ home }))).toEqual(all);
    },
  );

  test("another one that seals and opens all the while loses nothing", async () => {
    await openHere();
    await fill(createVault({ home }), 50);
    const stop = join(home, "stop");
    const busy = run(`${opened}
      import { existsSync } from "node:fs";
      let count = 0;
      while (!existsSync(${JSON.stringify(stop)})) {
        const name = "busy-" + (count++ % 20);
        await store.writeSecret({ name, sealed: await vault.seal(name, String(count)), at: 0 });
        const { sealed } = await store.readSecret(name);
        if ((await vault.open(name, sealed)) !== String(count)) throw new Error("another value");
        const { sealed: first } = await store.readSecret("secret-1");
        if ((await vault.open("secret-1", first)) !== "value 1") throw new Error("another value");
      }
      await store.close();
      console.log(count);
    `);
    while ((await store.readSecret("busy-0")) === null) await new Promise((resolve) => setImmediate(resolve));
    await run(`${opened} await rotate(); await store.close();`);
    writeFileSync(stop, "");
    expect(Number((await busy).stdout)).toBeGreaterThan(20);
    expect(keysInFile()).toBe(1);
    expect(await openAll(createVault({ home }))).toHaveLength(50 + 20 + 1);
  });
});
