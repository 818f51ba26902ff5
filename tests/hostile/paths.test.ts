/**
 * Ways out of a folder, in every field that becomes a path: nothing outside of it is read, made, changed or deleted. What is outside is
 * the canary, whose words must come out nowhere, and the list of all that is there.
 */

import { deepStrictEqual } from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readSettings } from "../../packages/millrace/src/app/settings.ts";
import { startServer } from "../../packages/millrace/src/app/start-server.ts";
import { createFileProvider } from "../../packages/millrace/src/app/vaults/file-provider.ts";
import { createClient } from "../../packages/millrace/src/client/create-client.ts";
import { startOverHttp } from "../../packages/millrace/src/client/over-http.testsuite.ts";
import { isMillraceError } from "../../packages/millrace/src/contract/errors.ts";
import { parseSecretReference } from "../../packages/millrace/src/contract/secrets.ts";
import { systemClock } from "../../packages/millrace/src/kit/clock.ts";
import { createService } from "../../packages/millrace/src/service/create-service.ts";
import { makeSqliteLedger } from "../../packages/millrace/src/store/sqlite/sqlite-ledger.testsuite.ts";
import { createFileStorage } from "../../packages/millrace/src/results/file-storage.ts";
import { createNamedFiles } from "../../packages/millrace/src/results/named-files.ts";
import { createCodeCache } from "../../packages/millrace/src/worker/code/code-cache.ts";
import { packTar, unpackTar } from "../../packages/millrace/src/worker/code/tar.ts";
import { makePathCorpus } from "./path-corpus.ts";

/** At night all of them are tried on a server, too. */
const isFull = process.env.MILLRACE_PROPERTY_FACTOR !== undefined;

const words = "canary words that nobody may read";
const base = mkdtempSync(join(tmpdir(), "millrace-paths-"));
const folder = join(base, "folder");
const canary = join(base, "canary");
const inside = "inside";

beforeAll(() => {
  mkdirSync(join(folder, "sub"), { recursive: true });
  mkdirSync(join(base, "beside"));
  for (const path of [canary, join(base, "beside/canary")]) writeFileSync(path, words);
  writeFileSync(join(folder, inside), "inside");
  symlinkSync(canary, join(folder, "link"));
  symlinkSync(join(base, "beside"), join(folder, "folder-link"));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const corpus = makePathCorpus({ canary, inside, folder });

test("the corpus is of some size", () => {
  expect(corpus.length).toBeGreaterThan(230);
});

/** What is there beside the folder. */
const listOutside = (): readonly string[] =>
  (readdirSync(base, { recursive: true }) as string[])
    .filter((name) => !/^(folder|home|unpacked)(\/|$)/.test(name))
    .toSorted();
let before: readonly string[];
beforeAll(() => void (before = listOutside()));
afterEach(() => {
  deepStrictEqual(listOutside(), before);
  deepStrictEqual(readFileSync(canary, "utf8"), words);
});

/** What is told, be it an answer or an error. */
async function tellOf(act: () => unknown): Promise<string> {
  try {
    const told: unknown = await act();
    return told instanceof Uint8Array ? Buffer.from(told).toString() : (JSON.stringify(told) ?? "");
  } catch (error) {
    return String(error);
  }
}

async function findLeaks(act: (path: string) => unknown): Promise<readonly string[]> {
  const leaks: string[] = [];
  for (const path of corpus) if ((await tellOf(() => act(path))).includes(words)) leaks.push(path);
  return leaks;
}

describe("results", () => {
  test("of our own are known by hashes alone", async () => {
    const storage = createFileStorage({ folder });
    const { key } = await storage.write(Buffer.from("kept"));
    expect(await findLeaks((path) => storage.read(path))).toEqual([]);
    for (const path of corpus) await expect(storage.exists(path)).rejects.toMatchObject({ code: "RESULT_MISSING" });
    for (const path of corpus) await expect(storage.delete(path)).rejects.toMatchObject({ code: "RESULT_MISSING" });
    expect(await storage.exists(key)).toBe(true);
  });

  test("that others have written are read within their folder alone", async () => {
    const files = createNamedFiles({ folder, name: "files" });
    expect(Buffer.from(await files.read(inside)).toString()).toBe("inside");
    expect(await findLeaks((path) => files.read(path))).toEqual([]);
    expect(await findLeaks(async (path) => Buffer.concat(await Array.fromAsync(files.stream(path))))).toEqual([]);
    for (const path of ["link", "folder-link/canary", "../canary", canary])
      expect(await files.exists(path)).toBe(false);
  });

  test("are not read through a link that comes in the place of a file", async () => {
    const files = createNamedFiles({ folder, name: "files" });
    const swapped = join(folder, "swapped");
    let told = 0;
    for (let nth = 0; nth < 1000; nth++) {
      rmSync(swapped, { force: true });
      if (nth % 2 === 0) writeFileSync(swapped, "mine");
      else symlinkSync(canary, swapped);
      const reading = tellOf(() => files.read("swapped"));
      // While it is looked for: what was a file is a link, and the other way round.
      rmSync(swapped, { force: true });
      if (nth % 2 === 0) symlinkSync(canary, swapped);
      else writeFileSync(swapped, "mine");
      const text = await reading;
      expect(text).not.toContain(words);
      if (text === "mine") told++;
    }
    rmSync(swapped, { force: true });
    expect(told).toBeGreaterThan(0);
  });
});

test("secrets of a folder are read within it", async () => {
  const provider = createFileProvider(folder);
  expect(await provider.read(inside)).toBe("inside");
  expect(await findLeaks((path) => provider.read(path))).toEqual([]);
  const references = corpus.flatMap((path) => parseSecretReference(`vault://file/${path}`) ?? []);
  expect(references.filter(({ path }) => path.split("/").some((part) => part === ".." || part === ""))).toEqual([]);
});

test("files of an archive are written below its folder", async () => {
  for (const [nth, name] of corpus.entries()) {
    const target = join(base, "unpacked", String(nth));
    mkdirSync(target, { recursive: true });
    const file = { name, path: join(folder, inside), sizeBytes: 6, isExecutable: false };
    await tellOf(async () => unpackTar(packTar([file]), target));
  }
  const written = readdirSync(join(base, "unpacked"), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(written.length).toBeGreaterThan(20);
});

test("the code that a worker keeps is known by names of its own", async () => {
  const cache = createCodeCache({ folder: join(folder, "code"), retentionMs: 1000, clock: systemClock });
  const made: string[] = [];
  const make = (draft: string): Promise<void> => Promise.resolve(void made.push(draft));
  for (const path of corpus) await expect(cache.get(path, make)).rejects.toThrow("names no code");
  expect(made).toEqual([]);
});

test("files of the dashboard are those of its folder", async () => {
  const ledger = await makeSqliteLedger();
  const store = await ledger.open();
  const over = await startOverHttp(createService({ store, clock: systemClock }), {
    server: { dashboardFolder: folder },
  });
  const url = new URL(over.url);
  /** As it is on the wire: what browsers tidy up is not. */
  const get = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = request(
        { hostname: url.hostname, port: url.port, path, headers: { accept: "text/html" } },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
          answer.on("end", () => resolve(text));
        },
      );
      asked.on("error", reject).end();
    });
  expect(await get(`/${inside}`)).toBe("inside");
  // A link is nothing that a build has written; but for it, whoever wrote into the folder could show all else.
  const ways = (path: string): readonly string[] => [
    `/${path}`,
    `/${encodeURI(path.toWellFormed())}`,
    `/assets/${path}`,
  ];
  expect(await findLeaks(async (path) => Promise.all(ways(path).map((way) => tellOf(() => get(way)))))).toEqual([]);
  await over.server.close();
  await store.close();
  await ledger.remove();
});

test("what people call things becomes no path on the server", async () => {
  const home = join(base, "home");
  const server = await startServer({ settings: readSettings({ home, env: {} }), host: "127.0.0.1", port: 0 });
  const client = createClient({ url: server.url });
  const refused: number[] = [];
  const attempt = async (act: () => Promise<unknown>): Promise<void> => {
    try {
      if (JSON.stringify([await act()]).includes(words)) throw new Error("the canary was told");
    } catch (error) {
      if (!isMillraceError(error)) throw error;
      refused.push(error.status);
    }
  };
  // Each of them is seven requests.
  const asked = isFull ? corpus : corpus.filter((_, nth) => nth % 4 === 0);
  for (const path of asked.map((each) => each.toWellFormed())) {
    await attempt(() => client.createWorkspace({ name: path }));
    await attempt(() => client.createObject("webhook", { name: path, slug: path, enabled: true }));
    await attempt(() => client.writeVariable({ name: path, value: "1" }));
    await attempt(() => client.setSecret(path, "x"));
    await attempt(() => client.saveDeployment({ flowName: path, name: path, entrypoint: path, path }));
    await attempt(() => client.readFlowRun(path));
    await attempt(() => client.deleteArtifact(path));
  }
  expect(refused.filter((status) => status >= 500)).toEqual([]);
  expect(refused.length).toBeGreaterThan(asked.length * 2);
  await server.close();
  const left = (readdirSync(home, { recursive: true }) as string[]).filter(
    (name) =>
      !/^(ledger\.db(-\w+)?|workspaces(\/[0-9a-f-]{36}(\/ledger\.db(-\w+)?)?)?|secrets\.key|.*\.lock|compiled.*|cache.*)$/.test(
        name,
      ),
  );
  expect(left).toEqual([]);
});
