/** What files define, told by a process that imports them: this one is to see each of their versions. */

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Clock } from "../../kit/clock.ts";
import type {
  DefinedDeployment,
  FromDefinitionsProcess,
  ImportEdge,
  Problem,
  ToDefinitionsProcess,
} from "./messages.ts";

/** One file has so long to be imported, in ms. */
const maxImportMs = 30_000;

export interface Definitions {
  readonly deployments: readonly DefinedDeployment[];
  readonly problems: readonly Problem[];
  readonly imports: readonly ImportEdge[];
  /** Files that were not come to, because one before them has ended the process. */
  readonly unread: readonly string[];
}

export interface ReadDefinitionsOptions extends ToDefinitionsProcess {
  readonly execArgv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: "inherit" | 2;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Never rejects: a file that ends the process, or never ends itself, is a problem as others are; those after it are left out. */
export function readDefinitions(options: ReadDefinitionsOptions): Promise<Definitions> {
  const { execArgv, env, stdout, clock, signal, ...request } = options;
  const deployments: DefinedDeployment[] = [];
  const problems: Problem[] = [];
  let imports: readonly ImportEdge[] = [];
  const unread = new Set([...request.files, ...request.deploymentFiles]);
  let begun: string | null = null;
  let isDone = false;
  let isSlow = false;
  const child = fork(fileURLToPath(new URL("./definitions-process.ts", import.meta.url)), [], {
    execArgv: [...execArgv],
    env,
    stdio: ["ignore", stdout, "inherit", "ipc"],
    serialization: "advanced",
  });
  const kill = (): void => void child.kill("SIGKILL");
  const slow = (): void => {
    isSlow = true;
    kill();
  };
  let timer = clock.setTimer(maxImportMs, slow);
  signal.addEventListener("abort", kill, { once: true });
  child.on("message", (sent) => {
    const message = sent as FromDefinitionsProcess;
    switch (message.kind) {
      case "begins":
        begun = message.file;
        unread.delete(begun);
        timer.cancel();
        timer = clock.setTimer(maxImportMs, slow);
        return;
      case "defined":
        deployments.push(message.deployment);
        return;
      case "problem":
        problems.push(message.problem);
        return;
      case "done":
        isDone = true;
        ({ imports } = message);
    }
  });
  child.send(request, () => undefined);
  return new Promise((resolve) => {
    const end = (how: string): void => {
      timer.cancel();
      signal.removeEventListener("abort", kill);
      if (!isDone) {
        const message = isSlow
          ? `its import has not ended within ${maxImportMs / 1000} s`
          : `its import ended with ${how}`;
        const fix =
          "A module that is imported defines, and does no work; what runs belongs under `if (import.meta.main)`.";
        problems.push({ file: begun ?? request.files[0] ?? "", place: null, code: null, message, fix });
      }
      resolve({ deployments, problems, imports, unread: [...unread] });
    };
    child.once("error", (error) => {
      if (child.pid === undefined) end(error.message);
    });
    child.once("close", (code, killedBy) => end(killedBy ?? `exit code ${code}`));
  });
}
