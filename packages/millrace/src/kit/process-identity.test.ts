import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { identifyProcess, isSameProcessAlive, type ProcessIdentity, readProcessIdentity } from "./process-identity.ts";

const source = new URL("./process-identity.ts", import.meta.url).href;

/** Prints its identity and then waits to be killed. */
function startProcess(): ChildProcess {
  const code = `
    import { readProcessIdentity } from ${JSON.stringify(source)};
    console.log(JSON.stringify(readProcessIdentity()));
    setInterval(() => {}, 1000);
  `;
  return spawn(process.execPath, ["--input-type=module", "--eval", code], { stdio: ["ignore", "pipe", "inherit"] });
}

async function identityOf(child: ChildProcess): Promise<ProcessIdentity> {
  if (child.stdout === null) throw new Error("no output");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return JSON.parse(line.toString()) as ProcessIdentity;
}

describe("a process's identity", () => {
  test("tells it from others", async () => {
    const child = startProcess();
    const own = readProcessIdentity();
    const other = await identityOf(child);
    expect(own).toEqual(readProcessIdentity());
    expect({ host: other.host, bootId: other.bootId }).toEqual({ host: own.host, bootId: own.bootId });
    expect(other.pid).toBe(child.pid);
    expect(other.startToken).not.toBe(own.startToken);
    child.kill("SIGKILL");
    await once(child, "exit");
  });

  test("is alive until it is killed", async () => {
    const child = startProcess();
    const identity = await identityOf(child);
    expect(isSameProcessAlive(identity)).toBe("alive");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isSameProcessAlive(identity)).toBe("dead");
    expect(isSameProcessAlive(readProcessIdentity())).toBe("alive");
  });

  test("of a child is that which it tells of itself", async () => {
    const child = startProcess();
    const identity = await identityOf(child);
    expect(identifyProcess(child.pid ?? 0)).toEqual(identity);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(identifyProcess(child.pid ?? 0)).toEqual({ ...identity, startToken: null });
  });

  test("is not that of a later process with the same pid", () => {
    const own = readProcessIdentity();
    expect(isSameProcessAlive({ ...own, startToken: `${own.startToken}0` })).toBe("dead");
  });

  test("is unknown on another host, in another boot, and where the start is not known", () => {
    const own = readProcessIdentity();
    expect(isSameProcessAlive({ ...own, host: `${own.host}-2` })).toBe("unknown");
    expect(isSameProcessAlive({ ...own, bootId: "another boot" })).toBe("unknown");
    expect(isSameProcessAlive({ ...own, bootId: null })).toBe("unknown");
    expect(isSameProcessAlive({ ...own, startToken: null })).toBe("unknown");
  });
});

describe.runIf(process.platform === "linux")("on Linux", () => {
  test("a zombie is dead", async () => {
    // The shell starts a process that ends, becomes another program itself and never asks how the process ended.
    const shell = spawn("/bin/sh", ["-c", `"$0" -e "$1" & exec sleep 60`, process.execPath, printIdentity()], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const zombie = await identityOf(shell);
    await waitUntil(() => isSameProcessAlive(zombie) === "dead");
    // It still has its pid.
    expect(() => process.kill(zombie.pid, 0)).not.toThrow();
    shell.kill("SIGKILL");
    await once(shell, "exit");
  });

  test("a name with blanks and parentheses does not move the fields", async () => {
    const child = startNamed("a) S (b 1 2");
    const identity = await identityOf(child);
    expect(identity.startToken).toMatch(/^\d+$/);
    expect(isSameProcessAlive(identity)).toBe("alive");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isSameProcessAlive(identity)).toBe("dead");
  });
});

function printIdentity(): string {
  return `import(${JSON.stringify(source)}).then((m) => console.log(JSON.stringify(m.readProcessIdentity())))`;
}

function startNamed(title: string): ChildProcess {
  const code = `process.title = ${JSON.stringify(title)}; ${printIdentity()}; setInterval(() => {}, 1000)`;
  return spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
}

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => void setTimeout(resolve, 20));
}
