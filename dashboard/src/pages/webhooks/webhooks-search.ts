import { textOf } from "../../app/search-words.ts";

export interface WebhooksSearch {
  /** In the name. */
  readonly q?: string;
  /** The webhook that is chosen, by its id. */
  readonly webhook?: string;
}

export function readWebhooksSearch(given: Readonly<Record<string, unknown>>): WebhooksSearch {
  return { ...textOf(given, "q"), ...textOf(given, "webhook") };
}
