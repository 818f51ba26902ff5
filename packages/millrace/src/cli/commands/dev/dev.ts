import { flag, text, wholeNumber } from "../../arguments/options.ts";
import { anyNumber } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand, exitCodes } from "../../command.ts";
import { errorText } from "../../error-text.ts";
import { describeReport, describeUp } from "./dev-text.ts";

const defaultPort = 4270;

export const devCommand = defineCommand({
  summary: "Develop: a server, a worker, and the flows of your files, registered anew at each save",
  details: [
    "Registers a deployment for each flow of the files, or of the folders, that are named (default: this folder), and those of a millrace.yaml or prefect.yaml there; all run in one work pool on this machine. Of a folder, files that define flows are imported, in a process of its own.",
    "A run executes the code that was registered when it began, whatever is saved meanwhile. A file with a mistake is told of, with the place, and its flows stay what they were.",
    "The server keeps the ledger of the home, or of --database. Ctrl-C ends all in order: runs may end for MILLRACE_GRACE_MS, and are then interrupted, so that they can be resumed; a second Ctrl-C interrupts them at once.",
    'With --json: a line of JSON for each thing that happens. The first is `{ "kind": "up", url, … }`; "ready" is told when all files are registered.',
  ],
  positionals: {
    paths: anyNumber("Files or folders with flows, or files such as millrace.yaml. Default: this folder."),
  },
  options: {
    port: wholeNumber("PORT", "The server's port; 0 for any that is free.", {
      initial: defaultPort,
      max: 65_535,
      short: "p",
    }),
    host: text("ADDRESS", "What the server listens on, of this machine's own. Default 127.0.0.1."),
    worker: {
      ...flag("Execute the runs here; --no-worker leaves them to others, such as `millrace worker start --pool dev`."),
      read: (texts) => texts.at(-1) !== "false",
    },
    pool: text("NAME", "The work pool of the runs; it is made if need be. Default dev."),
    limit: wholeNumber("N", "Runs at the same time.", { initial: 10, max: 1000, short: "l" }),
  },
  examples: [
    { command: "dev", why: "the flows of this folder" },
    { command: "dev flows/etl.ts --port 0", why: "of one file, on any free port" },
    { command: "dev flows --home .millrace-dev", why: "with a ledger of its own" },
  ],
  async run({ args, options }, context) {
    const { host = "127.0.0.1", port, worker, pool = "dev", limit } = options;
    if (limit === 0) throw new UsageProblem("--limit takes a whole number from 1");
    const paths = args.paths.length === 0 ? ["."] : args.paths;
    const settings = await context.settings();
    const { startDev } = await import("../../../app/dev/start-dev.ts");
    const { listenForStop } = await import("../../../app/told-to-stop.ts");
    using stop = listenForStop();
    const stopping = new AbortController();
    void stop.asked.then(() => stopping.abort());
    const failed = Promise.withResolvers<unknown>();
    const { out, json } = context;
    const tell = (kind: string, facts: object, lines: readonly string[]): void => {
      if (json) out.jsonLine({ kind, ...facts });
      else out.lines(lines);
    };
    const dev = await startDev({
      settings,
      paths,
      host,
      port,
      pool,
      limit: worker ? limit : null,
      // With --json the standard output is the command's.
      stdout: json ? 2 : "inherit",
      signal: stopping.signal,
      onUp: (up) => tell("up", { ...up, pool, pid: process.pid }, describeUp(up, { settings, pool, limit }, context)),
      onReport: ({ kind, ...facts }) => tell(kind, facts, describeReport({ kind, ...facts } as never, context)),
      onGivenUp: ({ process: name, error }) =>
        failed.resolve(new Error(`The ${name} ends each time: ${error.message}`)),
    });
    if (!stopping.signal.aborted) tell("ready", { files: dev.fileCount }, [readyLine(dev.fileCount)]);
    stop.onAgain(() => void dev.stop());
    const failure = await Promise.race([stop.asked, failed.promise]);
    if (failure === undefined) sayStopping(context);
    else context.err.line(errorText(failure, context.err));
    await dev.stop();
    tell("stopped", {}, []);
    return failure === undefined ? exitCodes.ok : exitCodes.failed;
  },
});

function readyLine(files: number): string {
  return `Watching ${files === 1 ? "1 file" : `${files} files`} with flows. Ctrl-C ends it.`;
}

function sayStopping({ err, json }: CommandContext): void {
  if (!json) err.line("Stopping; runs under way may end. Ctrl-C again interrupts them at once.");
}
