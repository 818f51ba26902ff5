import { type StateType, stateTypes } from "millrace/client";

/** What has ended first: that is what is forced most. */
export const settableTypes: readonly StateType[] = [...stateTypes].sort((a, b) => Number(isEnd(b)) - Number(isEnd(a)));

function isEnd(type: StateType): boolean {
  return type === "COMPLETED" || type === "FAILED" || type === "CRASHED" || type === "CANCELLED";
}

/** As the ledger names a state that has no name of its own. */
export function defaultName(type: StateType): string {
  return type.charAt(0) + type.slice(1).toLowerCase();
}
