/** `--web`: the dashboard's page of what a command shows. */

import { spawn } from "node:child_process";
import type { CommandHost } from "../app/command-host.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Api } from "../contract/api.ts";
import { flag } from "./arguments/options.ts";
import type { OptionTable, OptionValues, PositionalTable, PositionalValues } from "./arguments/parse.ts";
import type { Command, CommandContext } from "./command.ts";
import { type ListKind, listUrl, type PageKind, pageUrl } from "./page-url.ts";

const web = flag("Print the URL of its page, and open it in the browser, in place of showing it here.");

type WithPage<Options extends OptionTable> = Options & { readonly web: typeof web };

/**
 * A command that shows an object, with `--web`.
 *
 * @param page.find the object's id, or the name of a work pool or a variable
 */
export function withPage<Positionals extends PositionalTable, Options extends OptionTable>(
  command: Command<Positionals, Options>,
  page: {
    readonly kind: PageKind;
    readonly find: (api: Api, args: PositionalValues<Positionals>, options: OptionValues<Options>) => Promise<string>;
  },
): Command<Positionals, WithPage<Options>> {
  return withUrl(command, async ({ api, serverUrl }, input) => {
    const id = await page.find(api, input.args, input.options);
    return pageUrl(needServer(serverUrl), { kind: page.kind, id });
  });
}

/** A command that lists objects, with `--web` for the page of all of them. */
export function withListPage<Positionals extends PositionalTable, Options extends OptionTable>(
  command: Command<Positionals, Options>,
  kind: ListKind,
): Command<Positionals, WithPage<Options>> {
  return withUrl(command, async ({ serverUrl }) => listUrl(needServer(serverUrl), kind));
}

function withUrl<Positionals extends PositionalTable, Options extends OptionTable>(
  command: Command<Positionals, Options>,
  findUrl: (
    host: Pick<CommandHost, "api" | "serverUrl">,
    input: { readonly args: PositionalValues<Positionals>; readonly options: OptionValues<Options> },
  ) => Promise<string>,
): Command<Positionals, WithPage<Options>> {
  return {
    ...command,
    options: { ...command.options, web },
    async run(input, context) {
      const { web: isWanted } = input.options as { readonly web: boolean };
      if (!isWanted) return command.run(input as never, context);
      await using host = await context.openHost();
      const url = await findUrl(host, input as never);
      show(url, { ...context, isThere: await isPageThere(url) });
      return undefined;
    },
  };
}

/** @throws USAGE where no server has the ledger: nobody shows a page then */
function needServer(serverUrl: string | null): string {
  if (serverUrl !== null) return serverUrl;
  const reason = "Pages are shown by a server, and this ledger has been opened without one";
  throw new MillraceError("USAGE", {
    reason,
    advice: "Start one (`millrace server start`), and set MILLRACE_API_URL.",
  });
}

/** How long the server may take to say whether it has the page, in ms. */
const askLimitMs = 3000;

/** False where the server says that there is none: it has no dashboard. */
async function isPageThere(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(askLimitMs) });
    return status !== 404;
  } catch {
    return true;
  }
}

interface Shown extends Pick<CommandContext, "out" | "err" | "json"> {
  readonly isThere: boolean;
}

function show(url: string, { out, err, json, isThere }: Shown): void {
  if (json) return out.json({ url, isThere });
  out.line(url);
  if (!isThere) return err.line("The server has no page there: it answers 404.");
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
