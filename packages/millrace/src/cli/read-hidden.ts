import { text } from "node:stream/consumers";
import { UsageProblem } from "./arguments/usage-problem.ts";

/** What is typed is not shown; Ctrl-C and Ctrl-D end it. */
const interrupt = "\u0003";
const endOfInput = "\u0004";
const isBackspace = (key: string): boolean => key === "\u007f" || key === "\b";

/** A line that is typed without echo, or all of a standard input that is no terminal, without its last line end. */
export async function readHidden(prompt: string): Promise<string> {
  const { stdin } = process;
  if (!stdin.isTTY) return (await text(stdin)).replace(/\r?\n$/, "");
  // Before it is asked for: who types at once is not shown either.
  stdin.setRawMode(true);
  process.stderr.write(prompt);
  stdin.setEncoding("utf8");
  try {
    // More may be asked for: the stream is left as it is.
    return await readKeys(stdin.iterator({ destroyOnReturn: false }) as AsyncIterable<string>);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    process.stderr.write("\n");
  }
}

async function readKeys(keys: AsyncIterable<string>): Promise<string> {
  const typed: string[] = [];
  for await (const chunk of keys) {
    for (const key of chunk) {
      if (key === "\r" || key === "\n") return typed.join("");
      if (key === interrupt || key === endOfInput) throw new UsageProblem("nothing was set");
      if (isBackspace(key)) typed.pop();
      else typed.push(key);
    }
  }
  return typed.join("");
}
