// Builds the package's code, then runs a file that uses it as a user's would: node tools/with-build.ts file.ts [argument ...]
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { buildCode } from "./build.ts";

await buildCode();
const child = spawn(process.execPath, process.argv.slice(2), { stdio: "inherit" });
// A terminal sends its interrupt to the child as well; the child decides what to do with it.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
