import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { readProcessIdentity } from "../../kit/process-identity.ts";
import { type CodeCache, createCodeCache } from "./code-cache.ts";

const dayMs = 86_400_000;
const names = ["a", "b", "c", "d"].map((digit) => `${digit.repeat(16)}-${"0".repeat(16)}`) as [
  string,
  string,
  string,
  string,
];
const [one, two, three] = names;

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-cache-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** As of a worker that has just been started. */
const open = (folder: string): CodeCache => createCodeCache({ folder, retentionMs: 14 * dayMs, clock: systemClock });

async function make(draft: string): Promise<void> {
  mkdirSync(join(draft, "deep"), { recursive: true });
  writeFileSync(join(draft, "deep", "flow.ts"), "code");
}

const isWhole = (folder: string): boolean => readFileSync(join(folder, "deep", "flow.ts"), "utf8") === "code";

function age(path: string, days: number): void {
  const at = (systemClock.now() - days * dayMs) / 1000;
  utimesSync(path, at, at);
}

/** Code that was last asked for so long ago. */
async function fill(folder: string, name: string, days: number): Promise<string> {
  const kept = await open(folder).get(name, make);
  age(`${kept}.used`, days);
  return kept;
}

/** A process that does nothing, until it is told to end. */
function startIdle(): ChildProcess {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

test("what nobody has asked for within the retention goes, and is brought again when it is", async () => {
  const folder = makeFolder();
  const old = await fill(folder, one, 15);
  const young = await fill(folder, two, 13);
  await open(folder).sweep();
  expect([existsSync(old), isWhole(young)]).toEqual([false, true]);
  expect(readdirSync(folder).toSorted()).toEqual([two, `${two}.used`]);
  let made = 0;
  const again = await open(folder).get(one, async (draft) => {
    made++;
    await make(draft);
  });
  expect([again, isWhole(again), made]).toEqual([old, true, 1]);
});

test("what is asked for is young again, whichever worker asks", async () => {
  const folder = makeFolder();
  const kept = await fill(folder, one, 15);
  const other = open(folder);
  await open(folder).get(one, async () => expect.unreachable("it is there"));
  await other.sweep();
  expect(isWhole(kept)).toBe(true);
});

test("a folder is looked through by and by, as code is asked for", async () => {
  const folder = makeFolder();
  const old = await fill(folder, one, 15);
  await open(folder).get(two, make);
  await expect.poll(() => readdirSync(folder).toSorted()).toEqual([two, `${two}.used`]);
  expect(existsSync(old)).toBe(false);
});

test("what a living process runs stays, also when the worker that started it is gone", async () => {
  const folder = makeFolder();
  const kept = await fill(folder, one, 400);
  const child = startIdle();
  open(folder).use(join(kept, "deep"), child.pid ?? 0);
  age(`${kept}.${child.pid}.run`, 300);
  await open(folder).sweep();
  expect(isWhole(kept)).toBe(true);
  await end(child);
  await open(folder).sweep();
  expect(readdirSync(folder)).toEqual([]);
});

test("a process that has ended, as its worker says, is not in the way", async () => {
  const folder = makeFolder();
  const kept = await fill(folder, one, 15);
  const child = startIdle();
  const letGo = open(folder).use(kept, child.pid ?? 0);
  letGo();
  await open(folder).sweep();
  expect(existsSync(kept)).toBe(false);
  await end(child);
});

test("a mark that cannot be written or removed is in nobody's way", async () => {
  const folder = makeFolder();
  const kept = await fill(folder, one, 15);
  // A folder of this name can be neither written as a file nor removed as one.
  const mark = `${kept}.${process.pid}.run`;
  mkdirSync(mark);
  const letGo = open(folder).use(kept, process.pid);
  expect(letGo).not.toThrow();
  expect(existsSync(mark)).toBe(true);
});

test("a process of which nothing can be seen from here counts for the retention", async () => {
  const folder = makeFolder();
  const kept = await fill(folder, one, 400);
  const elsewhere = { ...readProcessIdentity(), host: "another" };
  const mark = `${kept}.4711.run`;
  writeFileSync(mark, JSON.stringify(elsewhere));
  await open(folder).sweep();
  expect(existsSync(kept)).toBe(true);
  age(mark, 15);
  await open(folder).sweep();
  expect(existsSync(kept)).toBe(false);
});

test("only what it has put there is ever removed", async () => {
  const folder = makeFolder();
  mkdirSync(folder, { recursive: true });
  for (const file of ["notes", `${one}-mine`, "archive-1"]) {
    mkdirSync(join(folder, file));
    age(join(folder, file), 400);
  }
  open(folder).use(join(folder, "notes"), process.pid);
  open(folder).use(tmpdir(), process.pid);
  await open(folder).sweep();
  expect(readdirSync(folder).toSorted()).toEqual([`${one}-mine`, "archive-1", "notes"]);
});

test("code of before it was written down when it is used stays for the retention from then on", async () => {
  const folder = makeFolder();
  const kept = await fill(folder, one, 0);
  rmSync(`${kept}.used`);
  age(kept, 400);
  await open(folder).sweep();
  expect(isWhole(kept)).toBe(true);
  age(`${kept}.used`, 15);
  await open(folder).sweep();
  expect(existsSync(kept)).toBe(false);
});

test("what a killed worker has left is cleared away", async () => {
  const folder = makeFolder();
  const kept = await fill(folder, one, 0);
  for (const left of [`${two}.x1.gone`, `${two}.x2.tmp`, `${three}.x3.tmp`]) await make(join(folder, left));
  age(join(folder, `${two}.x2.tmp`), 20);
  const child = startIdle();
  open(folder).use(kept, child.pid ?? 0);
  await end(child);
  for (const left of [`${two}.used`, `${two}.4711.run`, `${three}.doomed`]) {
    writeFileSync(join(folder, left), "");
    age(join(folder, left), 20);
  }
  await open(folder).sweep();
  expect(readdirSync(folder).toSorted()).toEqual([one, `${one}.used`, `${three}.x3.tmp`]);
});

test("who asks for a folder that is doomed waits until it is gone, or spared", async () => {
  const folder = makeFolder();
  const kept = await fill(folder, one, 15);
  writeFileSync(`${kept}.doomed`, "");
  let isGiven = false;
  const asking = open(folder)
    .get(one, make)
    .finally(() => (isGiven = true));
  await systemClock.sleep(60);
  expect(isGiven).toBe(false);
  rmSync(kept, { recursive: true });
  rmSync(`${kept}.doomed`);
  expect(isWhole(await asking)).toBe(true);
});

test("a worker that was killed while it removed a folder keeps nobody from it", async () => {
  const folder = makeFolder();
  const kept = await fill(folder, one, 15);
  writeFileSync(`${kept}.doomed`, "");
  age(`${kept}.doomed`, 1);
  expect(isWhole(await open(folder).get(one, async () => expect.unreachable("it is there")))).toBe(true);

  const other = await fill(folder, two, 15);
  writeFileSync(`${other}.doomed`, "");
  age(`${other}.doomed`, 1);
  await open(folder).sweep();
  await open(folder).sweep();
  expect(existsSync(other)).toBe(false);
});

test("workers that ask, remove and are killed at the same time: who was given a folder finds it whole", async () => {
  const folder = makeFolder();
  const program = fileURLToPath(new URL("./fixtures/restless-worker.ts", import.meta.url));
  const start = (): ChildProcess =>
    fork(program, [folder], { execArgv: ["--conditions=millrace-source", "--disable-warning=ExperimentalWarning"] });
  const broken: unknown[] = [];
  let looked = 0;
  let made = 0;
  const workers = new Set<ChildProcess>();
  const add = (): void => {
    const worker = start();
    workers.add(worker);
    worker.on("message", (message) => {
      if (message === "whole") looked++;
      else if (message === "made") made++;
      else broken.push(message);
    });
    // Nobody ends one but by a signal.
    worker.on("exit", (code) => {
      if (code !== null) broken.push(`a worker ended with ${code}`);
    });
  };
  onTestFinished(() => workers.forEach((worker) => void worker.kill("SIGKILL")));
  for (let count = 0; count < 3; count++) add();
  for (let kills = 0; kills < 6; kills++) {
    const before = looked;
    await expect.poll(() => looked > before + 30 || broken.length > 0, { timeout: 30_000 }).toBe(true);
    const [victim] = workers;
    if (victim === undefined) break;
    workers.delete(victim);
    await end(victim);
    add();
  }
  expect(broken).toEqual([]);
  // Else nothing was removed.
  expect(made).toBeGreaterThan(10);
  for (const worker of workers) await end(worker);
}, 120_000);
