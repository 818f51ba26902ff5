import type { RequestEntry } from "../../../app/start-server.ts";
import { MillraceError } from "../../../contract/errors.ts";
import { flag, flagOverSetting, number, text, texts } from "../../arguments/options.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { createProcessLog, logOptions, type ProcessLog } from "../../output/process-log.ts";

export const serverStart = defineCommand({
  summary: "Start a server that keeps the ledger for other processes and machines",
  details: [
    "It serves the same ledger that `node flow.ts` writes by itself. Where MILLRACE_API_URL is its URL, flows and this command work over it.",
    "Without --access-control whoever reaches it may do everything, so only this machine can, unless --allow-remote is given. With it everybody says who they are, by an account of the ledger (`millrace account`), and other machines may reach it.",
    "What is not given here may be set: serverHost, serverPort, serverAllowRemote, serverAllowedHosts, trustedProxies and accessControl, in variables of the environment (MILLRACE_SERVER_PORT), millrace.toml or a profile.",
    "What it does is printed on the standard error: as text or, with --log-format json, as an object of JSON a line.",
    "Ctrl-C, SIGTERM and `millrace server stop` end it in good order. With --json: a line `{ url, pid }` when it answers.",
  ],
  positionals: {},
  options: {
    host: text("ADDRESS", "What to listen on. Default: serverHost, 127.0.0.1."),
    port: number("PORT", "The port; 0 for any that is free. Default: serverPort, 4270.", { max: 65_535, short: "p" }),
    accessControl: flagOverSetting("Ask who comes, and let each do what the role of the account allows."),
    allowRemote: flagOverSetting("Let other machines reach it, although it asks nobody who they are."),
    allowHost: texts("NAME", "A name of a host that leads to it, as a proxy gives; may be given several times."),
    trustedProxy: texts(
      "ADDRESS",
      "An address or a network of a proxy before it, as 10.0.0.0/8, which is believed where a request comes from (X-Forwarded-For); may be given several times. Default: trustedProxies, none.",
    ),
    verbose: flag("Print a line for each request, as --log-level debug does.", { short: "v" }),
    ...logOptions,
  },
  examples: [
    { command: "server start", why: "on this machine's own ledger" },
    { command: "server start --database postgres://ada@db.example/work", why: "on PostgreSQL" },
    { command: "server start --host 0.0.0.0 --access-control", why: "for other machines" },
    { command: "server start --host 0.0.0.0 --allow-remote", why: "for those of a network you trust with everything" },
  ],
  async run({ options }, context) {
    const { boundHeapGrowth } = await import("../../../app/bound-heap.ts");
    const { startServer } = await import("../../../app/start-server.ts");
    boundHeapGrowth();
    const { describeServerSettings } = await import("../../../app/server-status.ts");
    const { noteServer } = await import("../../../app/noted-servers.ts");
    const settings = await context.settings();
    const {
      host = settings.serverHost,
      port = settings.serverPort,
      allowRemote = settings.serverAllowRemote,
      accessControl = settings.accessControl === "on",
    } = options;
    const allowedHosts = options.allowHost.length > 0 ? options.allowHost : (settings.serverAllowedHosts ?? []);
    const trustedProxies =
      options.trustedProxy.length > 0 ? await readNetworks(options.trustedProxy) : (settings.trustedProxies ?? []);
    const { readOidcOptions } = await import("../../../app/read-oidc-options.ts");
    const oidc = readOidcOptions(settings);
    const toldToStop = untilToldToStop(context);
    const log = createProcessLog(context, { component: "server", settings, options });
    const started = await log.started(
      startServer({
        settings,
        shownSettings: describeServerSettings(settings, {
          serverHost: options.host,
          serverPort: options.port,
          serverAllowRemote: options.allowRemote,
          accessControl: options.accessControl === undefined ? undefined : options.accessControl ? "on" : "off",
          trustedProxies: options.trustedProxy.length > 0 ? trustedProxies : undefined,
          serverAllowedHosts: options.allowHost.length > 0 ? options.allowHost : undefined,
        }),
        host,
        port,
        allowRemote,
        accessControl,
        oidc,
        privateNetworks: settings.privateNetworks,
        onFirstAdmin: (admin) => tellFirstAdmin(admin, { context, log }),
        allowedHosts,
        trustedProxies,
        ...(log.prints("debug") ? { onRequest: (entry) => log.debug(...describeRequest(entry)) } : {}),
        onFailure: ({ where, error, requestId, traceId }) =>
          log.error(`${where} failed`, { error, fields: { requestId, traceId } }),
      }),
    );
    if ("exitCode" in started) return started.exitCode;
    const server = started.value;
    const note = noteServer(settings.home, server.url);
    const ledger = settings.database === null ? `the ledger in ${settings.home}` : "the ledger on PostgreSQL";
    if (context.json) context.out.jsonLine({ url: server.url, pid: process.pid });
    log.told(`Millrace listens on ${server.url}, over ${ledger}. Ctrl-C ends it.`, {
      url: server.url,
      pid: process.pid,
    });
    if (!context.json && allowRemote && !accessControl) {
      log.warn("Whoever reaches this address may do everything: --access-control asks who they are.");
    }
    if (!context.json && oidc !== null && !accessControl) {
      log.warn(`Nobody is asked to sign in, by ${oidc.name} or otherwise: give --access-control.`);
    }
    await toldToStop;
    if (!context.json) log.info("Finishing what is under way.");
    await server.close();
    note.remove();
    return undefined;
  },
});

/** @throws USAGE */
async function readNetworks(given: readonly string[]): Promise<readonly string[]> {
  const { toNetworks } = await import("../../../app/settings-forms.ts");
  try {
    return toNetworks(given.join(","));
  } catch (cause) {
    const reason = `--trusted-proxy: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new MillraceError("USAGE", { reason, advice: "Give an address or a network." }, { cause });
  }
}

/**
 * For people only, and this once: neither the ledger nor a log of JSON is to have it. Who reads only that sets another one by
 * `millrace account`.
 */
function tellFirstAdmin(
  { name, password }: { readonly name: string; readonly password: string },
  { context, log }: { readonly context: CommandContext; readonly log: ProcessLog },
): void {
  if (log.format === "json") {
    return log.warn(
      `The ledger had no account: ${name} was made, who may do everything. Set a password: millrace account update ${name} --password`,
    );
  }
  context.err.lines([
    `The ledger had no account: ${name} was made, who may do everything. This is told once.`,
    `  name      ${name}`,
    `  password  ${password}`,
    "Sign in on the page with it, and set another one there.",
  ]);
}

/** Ctrl-C, or what an init system sends; heeded from before it says that it listens. */
function untilToldToStop(context: CommandContext): Promise<void> {
  const interrupt = context.interrupt();
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve());
    interrupt.addEventListener("abort", () => resolve(), { once: true });
  });
}

function describeRequest(entry: RequestEntry): Parameters<ProcessLog["debug"]> {
  const { verb, path, status, tookMs, requestId, traceId } = entry;
  const fields = { verb, path, status, tookMs: Math.round(tookMs * 10) / 10, requestId, traceId };
  return [`${verb} ${path} ${status}`, { fields, shown: ["tookMs", "requestId", "traceId"] }];
}
