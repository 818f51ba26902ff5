/** `millrace dev`: a server, a worker and the deployments of files that change. */

import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createLedger, until } from "../cli/millrace.ts";
import { ask, endOf } from "../worker/project.ts";
import { develop, isAlive, makeProject } from "./developing.ts";

/** Each starts several processes, many times over. In ms. */
const timeoutMs = 600_000;

const lib = (value: number): string => `export const answer: number = ${value};\n`;

const etl = `
import { appendFileSync } from "node:fs";
import { flow } from "millrace";
import { answer } from "./lib.ts";

export const etl = flow({ name: "etl" }, async () => {
  console.log("this is not JSON");
  appendFileSync(process.env["DIARY"] ?? "", "etl " + answer + "\\n");
});
`;

test(
  "a run takes the code that was saved last without a mistake; dead processes come back; Ctrl-C leaves nothing",
  async () => {
    const project = makeProject({ "etl.ts": etl, "lib.ts": lib(1) });
    const dev = await develop(project);
    expect(await dev.next(({ kind }) => kind === "deployment")).toMatchObject({
      change: { name: "etl/etl", what: "added" },
    });
    await dev.next(({ kind }) => kind === "ready");
    expect(await dev.run("etl/etl")).toEqual(["etl 1"]);
    const started = await dev.next(({ kind }) => kind === "run-started");
    const ended = await dev.next(({ kind }) => kind === "run-ended");
    expect(ended.run?.id).toBe(started.run?.id);

    // Several saves at once are one.
    for (const value of [7, 8, 2]) project.write("lib.ts", lib(value));
    expect(await dev.next(({ kind }) => kind === "deployment")).toMatchObject({ change: { what: "code" } });
    expect(await dev.run("etl/etl")).toEqual(["etl 2"]);

    project.write("lib.ts", "// a mistake\nexport const answer: number = ;\n");
    expect(await dev.next(({ kind }) => kind === "problem")).toMatchObject({
      problem: { place: "lib.ts:2", code: "MODULE_NOT_IMPORTABLE" },
    });
    expect(await dev.run("etl/etl")).toEqual(["etl 2"]);
    project.write("lib.ts", lib(3));
    expect(await dev.next(({ kind }) => kind === "deployment")).toMatchObject({ change: { what: "code" } });
    await dev.next(({ kind }) => kind === "mended");
    expect(await dev.run("etl/etl")).toEqual(["etl 3"]);

    process.kill(dev.up.worker?.pid ?? Number.NaN, "SIGKILL");
    expect(await dev.next(({ kind }) => kind === "process-ended")).toMatchObject({ process: "worker", how: "SIGKILL" });
    const worker = await dev.next(({ kind }) => kind === "process-restarted");
    expect(await dev.run("etl/etl")).toEqual(["etl 3"]);
    process.kill(dev.up.serverPid ?? Number.NaN, "SIGKILL");
    await dev.next(({ kind, process: name }) => kind === "process-ended" && name === "server");
    const server = await dev.next(({ kind, process: name }) => kind === "process-restarted" && name === "server");
    expect(await dev.run("etl/etl")).toEqual(["etl 3"]);

    dev.running.child.kill("SIGINT");
    const { code, stdout, stderr } = await dev.running.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")).toEqual({ kind: "stopped" });
    expect(stderr).toContain("this is not JSON");
    expect([worker.pid, server.pid].map(isAlive)).toEqual([false, false]);
    expect(await answers(dev.up.url ?? "")).toBe(false);
  },
  timeoutMs,
);

const slow = `
import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { flow } from "millrace";

export const slow = flow({ name: "slow" }, async () => {
  const write = (line: string) => appendFileSync(process.env["DIARY"] ?? "", line + "\\n");
  write("slow begins");
  while (!existsSync("go")) await sleep(20);
  write("slow VERSION");
});
`;

const yaml = (cron: string): string => `
deployments:
  - name: nightly
    entrypoint: slow.ts:slow
    work_pool: { name: cluster }
    schedules: [{ cron: "${cron}", timezone: Europe/Berlin }]
`;

test(
  "deployments come, change and go with their files; a bad option is told; a run under way keeps its code",
  async () => {
    const project = makeProject({ "slow.ts": slow.replace("VERSION", "old"), "millrace.yaml": yaml("0 2 * * *") });
    const dev = await develop(project);
    const change = async (): Promise<unknown> => (await dev.next(({ kind }) => kind === "deployment")).change;
    // A flow with a deployment of its own gets no other, and the pool is the one of this machine.
    expect(await change()).toMatchObject({ name: "slow/nightly", what: "added" });
    await dev.next(({ kind }) => kind === "ready");
    const [pool] = (await dev.client.listObjects("work-pool")).items;
    const deployments = (await dev.client.listObjects("deployment")).items;
    expect(deployments.map(({ workPoolId }) => workPoolId)).toEqual([pool?.id]);

    const underWay = await ask(dev.client, "slow/nightly");
    await until(() => dev.written().includes("slow begins"));
    project.write("slow.ts", slow.replace("VERSION", "new"));
    expect(await change()).toMatchObject({ name: "slow/nightly", what: "code" });
    project.write("go", "");
    expect((await endOf(dev.client, underWay)).state.type).toBe("COMPLETED");
    expect(dev.written()).toEqual(["slow begins", "slow old"]);
    expect(await dev.run("slow/nightly")).toEqual(["slow begins", "slow new"]);

    project.write("millrace.yaml", yaml("0 3 * * *"));
    expect(await change()).toMatchObject({ name: "slow/nightly", what: "changed", changes: [{ field: "schedules" }] });
    project.write("millrace.yaml", yaml("every night"));
    const problem = await dev.next(({ kind }) => kind === "problem");
    expect(problem).toMatchObject({ problem: { code: "SCHEDULE_INVALID" } });
    expect((await dev.client.listObjects("schedule")).items.map(({ spec }) => spec)).toMatchObject([
      { cron: "0 3 * * *" },
    ]);
    project.write("millrace.yaml", yaml("0 3 * * *"));
    await dev.next(({ kind }) => kind === "mended");

    project.write("more.ts", etl.replace('import { answer } from "./lib.ts";', "const answer = 5;"));
    expect(await change()).toMatchObject({ name: "etl/etl", what: "added" });
    expect(await dev.run("etl/etl")).toEqual(["etl 5"]);
    project.write(
      "more.ts",
      'import { flow } from "millrace";\n\nexport const etl = flow({ name: "etl", retries: -1 }, async () => 1);\n',
    );
    expect(await dev.next(({ kind }) => kind === "problem")).toMatchObject({
      problem: { code: "OPTION_INVALID", place: expect.stringMatching(/^more\.ts:3:/) },
    });
    expect(await dev.run("etl/etl")).toEqual(["etl 5"]);
    project.remove("more.ts");
    expect(await change()).toMatchObject({ name: "etl/etl", what: "removed" });

    dev.running.child.kill("SIGTERM");
    expect((await dev.running.ended).code).toBe(0);
  },
  timeoutMs,
);

test(
  "a module that a run imports late is the one it began with, and a change of it is new code",
  async () => {
    const flows = slow.replace('write("slow VERSION");', 'write("late " + (await import("./late.ts")).value);');
    const project = makeProject({ "slow.ts": flows, "late.ts": "export const value = 1;\n", go: "" });
    const dev = await develop(project, ["slow.ts"]);
    await dev.next(({ kind }) => kind === "ready");
    expect(await dev.run("slow/slow")).toEqual(["slow begins", "late 1"]);
    project.write("late.ts", "export const value = 2;\n");
    expect(await dev.next(({ change }) => change?.what === "code")).toMatchObject({ change: { name: "slow/slow" } });
    expect(await dev.run("slow/slow")).toEqual(["slow begins", "late 2"]);

    // Whoever started the server and the worker is gone: so are they.
    dev.running.child.kill("SIGKILL");
    await dev.running.ended;
    await until(() => [dev.up.serverPid, dev.up.worker?.pid].every((pid) => !isAlive(pid)));
    expect(await answers(dev.up.url ?? "")).toBe(false);
  },
  timeoutMs,
);

test(
  "what cannot start ends the command, and says why",
  async () => {
    const project = makeProject({});
    const ledger = createLedger();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const taken = await ledger.run(["dev", "--port", String(port)], { cwd: project.folder });
    expect(taken.stderr).toContain("error[SERVER_ADDRESS_TAKEN]");
    expect(taken.code).toBe(1);
    const absent = await ledger.run(["dev", "absent", "--port", "0", "--no-worker"], { cwd: project.folder });
    expect(absent.stderr).toContain("There is no absent");
    expect(absent.code).toBe(2);
  },
  timeoutMs,
);

function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
