import { createInterface } from "node:readline/promises";
import { MillraceError } from "../contract/errors.ts";
import type { CommandContext } from "./command.ts";

/** Asks before something is done that cannot be undone. @throws USAGE when the answer is no, or nobody can be asked */
export async function confirm(
  { question, isSure }: { readonly question: string; readonly isSure: boolean },
  { err }: CommandContext,
): Promise<void> {
  if (isSure) return;
  if (!process.stdin.isTTY || !err.isTerminal) {
    throw new MillraceError("USAGE", { reason: `${question} Nobody can be asked here`, advice: "Add --yes." });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim()))
      throw new MillraceError("USAGE", { reason: "Nothing was done", advice: "Answer y, or add --yes." });
  } finally {
    terminal.close();
  }
}
