import { textOf } from "../../app/search-words.ts";

export interface SecretsSearch {
  /** In the name. */
  readonly q?: string;
}

export const readSecretsSearch = (given: Readonly<Record<string, unknown>>): SecretsSearch => textOf(given, "q");
