/** Names of the ledger's own events in words. */

import { toWords } from "../../../states/families.ts";

/**
 * `millrace.task-run.AwaitingRetry` is "Task run: Awaiting retry", `millrace.automation.action.failed` is "Automation: action
 * failed". A name that somebody else gave stays as it is.
 */
export function toEventWords(name: string): string {
  const [, kind, what] = /^millrace\.([a-z][a-z-]*)\.(.+)$/.exec(name) ?? [];
  if (kind === undefined || what === undefined) return name;
  const subject = kind.replaceAll("-", " ");
  return `${subject.charAt(0).toUpperCase()}${subject.slice(1)}: ${toWords(what).replaceAll(/[.-]/g, " ")}`;
}
