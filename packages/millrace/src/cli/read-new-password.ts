import { passwordLength } from "../contract/access.ts";
import { UsageProblem } from "./arguments/usage-problem.ts";
import { cleanLine } from "./output/clean-text.ts";
import { readHidden } from "./read-hidden.ts";

/** A password as `readHidden` takes it; asked for twice on a terminal, since nobody sees what is typed. @throws UsageProblem */
export async function readNewPassword(account: string): Promise<string> {
  const { min, max } = passwordLength;
  const password = await readHidden(`Password of ${cleanLine(account)}, at least ${min} characters: `);
  if (password.length < min || password.length > max) {
    throw new UsageProblem(`a password has ${min} to ${max} characters`, "nothing was set");
  }
  if (process.stdin.isTTY && (await readHidden("The same again: ")) !== password) {
    throw new UsageProblem("the two are not the same", "nothing was set");
  }
  return password;
}
