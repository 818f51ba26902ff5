import type { Api } from "../../../contract/api.ts";
import { MillraceError } from "../../../contract/errors.ts";
import { nearest } from "../../../kit/nearest.ts";
import { readPages } from "../../read-pages.ts";

/** @throws NOT_FOUND, with the name that was probably meant */
export async function variableMissing(api: Api, name: string): Promise<never> {
  const names = (await readPages((page) => api.listVariables(page))).map((variable) => variable.name);
  const meant = nearest(name, names);
  const advice =
    meant === null ? "`millrace variable ls` lists the variables of this ledger." : `Did you mean \`${meant}\`?`;
  throw new MillraceError("NOT_FOUND", { kind: "variable", name, advice });
}
