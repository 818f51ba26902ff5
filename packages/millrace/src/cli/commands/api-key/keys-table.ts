import type { ApiKey } from "../../../contract/access.ts";
import type { CommandContext } from "../../command.ts";
import { renderTable } from "../../output/table.ts";
import { shortId } from "../../output/short-id.ts";

/** What expires sooner is marked, in ms. */
const soonMs = 7 * 24 * 60 * 60_000;

/** The lines of a table of keys, its head first. @param names of accounts by their ids; null where all are of one */
export function renderKeys(
  keys: readonly ApiKey[],
  {
    out,
    times,
    clock,
    names,
  }: Pick<CommandContext, "out" | "times" | "clock"> & { readonly names: ReadonlyMap<string, string> | null },
): readonly string[] {
  const { paint, glyphs } = out.look;
  const now = clock.now();
  const expiryOf = (key: ApiKey) => decideExpiry(key, now);
  return renderTable(
    keys,
    [
      { title: "KEY", cell: ({ start }) => start },
      ...(names === null
        ? []
        : [{ title: "ACCOUNT", cell: ({ accountId }: ApiKey) => names.get(accountId) ?? accountId, shrinksTo: 10 }]),
      { title: "FOR", cell: ({ name }) => name, shrinksTo: 12 },
      { title: "CREATED", cell: ({ createdAt }) => times.short(createdAt), leftOut: 2 },
      { title: "LAST USED", cell: ({ usedAt }) => (usedAt === null ? "never" : times.short(usedAt)) },
      {
        title: "EXPIRES",
        cell(key) {
          const { expiresAt } = key;
          if (expiresAt === null) return "never";
          const at = times.short(expiresAt);
          const expiry = expiryOf(key);
          return expiry === "later" ? at : `${glyphs.warning} ${expiry === "expired" ? "expired " : ""}${at}`;
        },
        style(key) {
          const expiry = expiryOf(key);
          return expiry === "later" ? (text) => text : expiry === "soon" ? paint.yellow : paint.red;
        },
      },
      { title: "ID", cell: ({ id }) => shortId(id), leftOut: 1 },
    ],
    { width: out.width, look: out.look },
  );
}

export function decideExpiry({ expiresAt }: Pick<ApiKey, "expiresAt">, now: number): "expired" | "soon" | "later" {
  if (expiresAt === null || expiresAt - now > soonMs) return "later";
  return expiresAt <= now ? "expired" : "soon";
}
