/** `--web`: the dashboard's page of what a command shows. */

import { spawn } from "node:child_process";
import type { CommandHost } from "../app/command-host.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Api } from "../contract/api.ts";
import { flag } from "./arguments/options.ts";
import type { OptionTable, PositionalTable, PositionalValues } from "./arguments/parse.ts";
import type { Command, CommandContext } from "./command.ts";

/** What has a page, and where it is under the server's address. */
const pages = {
  "flow-run": (id: string) => `runs/flow-run/${id}`,
  "task-run": (id: string) => `runs/task-run/${id}`,
  flow: (id: string) => `flows/flow/${id}`,
  deployment: (id: string) => `deployments/deployment/${id}`,
  "work-pool": (name: string) => `work-pools/work-pool/${encodeURIComponent(name)}`,
  "work-queue": (id: string) => `work-queues/work-queue/${id}`,
  "block-document": (id: string) => `blocks/block/${id}`,
  automation: (id: string) => `automations/automation/${id}`,
} as const;

const web = flag("Print the URL of its page, and open it in the browser, in place of showing it here.");

type WithPage<Options extends OptionTable> = Options & { readonly web: typeof web };

/**
 * A command that shows an object, with `--web`.
 *
 * @param page.find the object's id, or a work pool's name
 */
export function withPage<Positionals extends PositionalTable, Options extends OptionTable>(
  command: Command<Positionals, Options>,
  page: {
    readonly kind: keyof typeof pages;
    readonly find: (api: Api, args: PositionalValues<Positionals>) => Promise<string>;
  },
): Command<Positionals, WithPage<Options>> {
  return {
    ...command,
    options: { ...command.options, web },
    async run(input, context) {
      const { web: isWanted } = input.options as { readonly web: boolean };
      if (!isWanted) return command.run(input as never, context);
      await using host = await context.openHost();
      const url = toUrl(host, pages[page.kind](await page.find(host.api, input.args)));
      show(url, context);
      return undefined;
    },
  };
}

/** @throws USAGE where no server has the ledger: nobody shows a page then */
function toUrl({ serverUrl }: Pick<CommandHost, "serverUrl">, path: string): string {
  if (serverUrl !== null) return `${serverUrl.replace(/\/$/, "")}/${path}`;
  const reason = "Pages are shown by a server, and this ledger has been opened without one";
  throw new MillraceError("USAGE", {
    reason,
    advice: "Start one (`millrace server start`), and set MILLRACE_API_URL.",
  });
}

function show(url: string, { out, json }: CommandContext): void {
  if (json) return out.json({ url });
  out.line(url);
  if (process.stdout.isTTY === true) openInBrowser(url);
}

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Where there is no browser, the URL that was printed has to do. */
function openInBrowser(url: string): void {
  const [program = "xdg-open", ...words] = openers[process.platform] ?? [];
  const child = spawn(program, [...words, url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
