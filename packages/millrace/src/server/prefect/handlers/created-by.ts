import type { IncomingHttpHeaders } from "node:http";

/** The automation that a request is made for, as Prefect's own actions say it; null where nobody is named. */
export function createdByOf(
  headers: IncomingHttpHeaders,
): { readonly id: string; readonly type: "AUTOMATION"; readonly displayValue: string } | null {
  const { "prefect-automation-id": id, "prefect-automation-name": name } = headers;
  if (typeof id !== "string" || typeof name !== "string") return null;
  const displayValue = Buffer.from(name, "base64").toString();
  return displayValue === "" ? null : { id, type: "AUTOMATION", displayValue };
}
