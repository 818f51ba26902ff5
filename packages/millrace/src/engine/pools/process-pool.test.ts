import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { addTo, crash } from "./fixtures/bodies.ts";
import { callOf } from "./fixtures/calls.ts";
import { testPool } from "./pool.testsuite.ts";
import { createProcessPool } from "./process-pool.ts";

describe("processes", () => {
  testPool("processes", createProcessPool);

  test("that are killed from outside tell the signal", async () => {
    const pool = createProcessPool({ limit: 1 });
    const error: unknown = await pool.run(callOf(crash, ["kill"])).catch((failure: unknown) => failure);
    expect(error).toMatchObject({
      code: "BODY_CRASHED",
      data: { signal: "SIGKILL" },
      message: expect.stringContaining("killed by SIGKILL"),
    });
    await pool.close();
  });

  test.each(["spin", "wait"])("end with a parent that is killed while a body does %s", async (what) => {
    const program = fileURLToPath(new URL("./fixtures/program.ts", import.meta.url));
    const parent = spawn(process.execPath, [program, "processes", what], { stdio: ["ignore", "pipe", "inherit"] });
    const lines: string[] = [];
    parent.stdout.on("data", (chunk: Buffer) => lines.push(chunk.toString()));
    await new Promise((resolve) => parent.once("exit", resolve));
    const pid = Number(/pid (\d+)/.exec(lines.join(""))?.[1]);
    expect(pid).toBeGreaterThan(0);
    const isAlive = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    for (let waited = 0; waited < 40 && isAlive(); waited++) await sleep(100);
    expect(isAlive()).toBe(false);
  });

  test("share no memory", async () => {
    const pool = createProcessPool({ limit: 1 });
    const shared = new Int32Array(new SharedArrayBuffer(4));
    await pool.run(callOf(addTo, [shared]));
    expect(shared[0]).toBe(0);
    await pool.close();
  });
});
