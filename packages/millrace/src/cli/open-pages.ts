import type { CommandContext } from "./command.ts";
import { pageUrl } from "./page-url.ts";

/** Where a server shows flow runs; null where the ledger has been opened without one. */
export async function openPages({
  settings,
}: Pick<CommandContext, "settings">): Promise<((id: string) => string) | null> {
  const { serverUrl } = await import("../app/open-ledger.ts");
  const url = serverUrl(await settings());
  return url === null ? null : (id) => pageUrl(url, { kind: "flow-run", id });
}
