import { MillraceError } from "../../contract/errors.ts";

/** SCHEDULE_INVALID with what is wrong and what to do about it. `reason` begins in lower case and has no full stop. */
export function scheduleInvalid(reason: string, advice: string): MillraceError {
  return new MillraceError("SCHEDULE_INVALID", { reason, advice });
}

/** A piece of the user's text for a message, cut to a length that can be read. */
export function quote(text: string): string {
  return `\`${text.length <= 60 ? text : `${text.slice(0, 59)}…`}\``;
}
