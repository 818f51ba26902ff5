/** Short words on what was done or went wrong, for what a person has asked for; nothing routine. */

import { isMillraceError } from "millrace/client";
import { toast } from "sonner";

export function say(text: string): void {
  toast(text);
}

export function sayError(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  toast.error(message, isMillraceError(error) ? { description: error.fix } : {});
}
