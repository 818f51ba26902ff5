import type { Settings } from "../../../app/settings.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { CommandContext } from "../../command.ts";

/** The settings of a ledger that this machine has itself. @throws USAGE where a server has it */
export async function ownLedger(context: CommandContext): Promise<Settings> {
  const settings = await context.settings();
  const { serverUrl } = await import("../../../app/open-ledger.ts");
  const url = serverUrl(settings);
  if (url === null) return settings;
  throw new MillraceError("USAGE", {
    reason: `The ledger is kept by the server at ${url}`,
    advice: "Do it where that server runs, or name a ledger with --home or --database.",
  });
}
