import { type AccountChange, accountRoles } from "../../../contract/access.ts";
import { choice, flag, flagOverSetting } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { demandChanged } from "../../demand-changed.ts";
import { accountArgument, findAccount } from "../../find-account.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { readNewPassword } from "../../read-new-password.ts";

export const accountUpdate = defineCommand({
  summary: "Change what an account may do or its password, or keep it out",
  details: [
    "What is not given stays as it is. A server knows of it within 5 s. Another password ends all sessions of the account; its keys stay.",
    "With --json: the account.",
  ],
  positionals: { account: required(accountArgument) },
  options: {
    role: choice(accountRoles, "What it may do."),
    disable: flag("Keep it out, with its keys and sessions."),
    enable: flag("Let it in again."),
    password: flagOverSetting("Ask for another password; --no-password: take it away."),
  },
  examples: [
    { command: "account update ada --role operator", why: "" },
    { command: "account update ada --password", why: "asks for the new one" },
    { command: "account update ada --disable", why: "nobody comes in by it any more" },
  ],
  async run({ args, options }, context) {
    const { role, disable, enable, password: isAsked } = options;
    if (disable && enable) throw new UsageProblem("--disable and --enable exclude each other");
    if (role === undefined && !disable && !enable && isAsked === undefined) {
      throw new UsageProblem("say what to change: --role, --disable, --enable or --password");
    }
    await using host = await context.openHost();
    const { id, name, kind } = await findAccount(host.api, args.account);
    if (kind === "service" && isAsked === true) throw new UsageProblem("a service has keys, and no password");
    const change: AccountChange = {
      ...(role === undefined ? {} : { role }),
      ...(disable || enable ? { isDisabled: disable } : {}),
      ...(isAsked === undefined ? {} : { password: isAsked ? await readNewPassword(name) : null }),
    };
    const account = demandChanged(await host.api.updateAccount(id, change), { kind: "account", name });
    const { out, json } = context;
    if (json) out.json(account);
    else out.line(cleanLine(`${name} is changed: ${describe(account)}.`));
    return undefined;
  },
});

function describe({
  role,
  isDisabled,
  hasPassword,
}: {
  readonly role: string;
  readonly isDisabled: boolean;
  readonly hasPassword: boolean;
}): string {
  return [role, isDisabled ? "disabled" : "active", hasPassword ? "with a password" : "without a password"].join(", ");
}
