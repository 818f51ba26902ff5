/** What the inbox shows, as it stands in the address. */

export interface InboxSearch {
  /** The run whose question is open. */
  readonly item?: string;
  readonly flow?: string;
  /** Only what the person of this browser may answer. */
  readonly mine?: true;
}

export function readInboxSearch(given: Readonly<Record<string, unknown>>): InboxSearch {
  const { item, flow, mine } = given;
  return {
    ...(typeof item === "string" && item !== "" ? { item } : {}),
    ...(typeof flow === "string" && flow !== "" ? { flow } : {}),
    ...(mine === true ? { mine } : {}),
  };
}
