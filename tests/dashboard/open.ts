// Shows a seeded ledger in a dashboard, to look at it: node tests/dashboard/open.ts SEED [--port 4280] [--home FOLDER] [--only-make]
// [--access-control]
//
// The ledger is made anew in a folder of its own, which is deleted at the end; one that --home names stays, and is shown
// again as it is. With --only-make no server is started. With --access-control somebody has to sign in: as ada, an admin, with
// the password that is printed.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const condition = "--conditions=millrace-source";
if (!process.execArgv.includes(condition) && !(process.env.NODE_OPTIONS ?? "").includes(condition)) {
  // Our sources import each other under it, so Node is started again.
  const again = spawn(process.execPath, [condition, ...process.argv.slice(1)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => again.kill(signal));
  again.on("exit", (code) => process.exit(code ?? 1));
} else {
  await open();
}

async function open(): Promise<void> {
  const { isSeedName, seed, seededRuns, seeds } = await import("./seeds/seeds.ts");
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: "string", default: "4280" },
      home: { type: "string" },
      "only-make": { type: "boolean", default: false },
      "access-control": { type: "boolean", default: false },
    },
  });
  const [name = ""] = positionals;
  if (!isSeedName(name)) {
    const list = Object.entries(seeds).map(([each, { what }]) => `  ${each.padEnd(10)} ${what}`);
    process.stderr.write(`Name a seed:\n${list.join("\n")}\n`);
    process.exit(2);
  }
  const home = values.home ?? mkdtempSync(join(tmpdir(), "millrace-look-"));
  if (values.home === undefined || !existsSync(join(home, "ledger.db"))) {
    const startedAt = performance.now();
    await seed(name, { home });
    process.stdout.write(`Made in ${Math.round(performance.now() - startedAt)} ms, in ${home}\n`);
  }
  if (values["only-make"]) return;
  const { startServerProcess } = await import("./harness/server-process.ts");
  const { startGuardedServer } = await import("./harness/guarded-server.ts");
  const { seedPassword } = await import("./seeds/accounts.ts");
  const isGuarded = values["access-control"];
  const start = isGuarded ? startGuardedServer : startServerProcess;
  const server = await start({ home, port: Number(values.port) });
  process.stdout.write(`${server.url}${isGuarded ? ` as ada, ${seedPassword}` : ""}\n`);
  for (const [what, id] of Object.entries(seededRuns))
    process.stdout.write(`  ${what.padEnd(8)} /runs/flow-run/${id}\n`);
  const end = async (): Promise<void> => {
    await server.stop();
    if (values.home === undefined) rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void end());
}
