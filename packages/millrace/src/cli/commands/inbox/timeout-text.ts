import type { PauseTimeout } from "../../../contract/inbox.ts";

/** What happens when nobody has answered in time: a word for a table, and a sentence. */
export function timeoutText(onTimeout: PauseTimeout): { readonly short: string; readonly long: string } {
  switch (onTimeout.kind) {
    case "fail":
      return { short: "fails", long: "the run fails" };
    case "go-on":
      return { short: "goes on", long: "the run goes on" };
    case "answer":
      return { short: "default", long: `the run is answered ${JSON.stringify(onTimeout.answer)}` };
  }
}
