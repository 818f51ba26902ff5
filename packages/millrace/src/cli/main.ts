#!/usr/bin/env node
/** The `millrace` command. */

(await import("../app/compiled-code.ts")).keepCompiledCode();
await (await import("../app/use-proxy.ts")).useProxy();
const { runCommandLine } = await import("./run-command.ts");
process.exitCode = await runCommandLine(process.argv.slice(2));
