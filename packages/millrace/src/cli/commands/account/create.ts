import { accountRoles, passwordLength } from "../../../contract/access.ts";
import { choice, flag, flagOverSetting } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { readNewPassword } from "../../read-new-password.ts";

export const accountCreate = defineCommand({
  summary: "Make an account: for a person, or for a service that has keys only",
  details: [
    "What each role may do: viewer reads everything but what is secret; runner also starts, cancels and answers runs; author also changes deployments, schedules, automations, blocks, variables and secrets; operator also changes pools, limits and webhooks, and deletes runs; admin also has accounts, keys and the audit log. A worker may do what workers and their runs need, and no more.",
    `The password of a person is asked for, twice, or read from the standard input. It has at least ${passwordLength.min} characters. With --no-password a person cannot sign in, but may have keys.`,
    "With --json: the account.",
  ],
  positionals: { name: required("Its name, with which a person signs in: no colon.") },
  options: {
    role: choice(accountRoles, "What it may do. Required."),
    service: flag("It is no person, but a program: it has keys, and no password."),
    password: flagOverSetting("Ask for a password, as for a person by itself; --no-password: give it none."),
  },
  examples: [
    { command: "account create ada --role author", why: "asks for her password" },
    { command: "account create grace --role viewer < password.txt", why: "her password from a file" },
    {
      command: "account create gpu-workers --role worker --service",
      why: "for workers; `api-key create` makes their key",
    },
  ],
  async run({ args: { name }, options }, context) {
    const { role, service, password: isAsked } = options;
    if (role === undefined) throw new UsageProblem("--role is missing", `it is one of ${accountRoles.join(", ")}`);
    if (service && isAsked === true) throw new UsageProblem("a service has keys, and no password");
    const password = service || isAsked === false ? null : await readNewPassword(name);
    await using host = await context.openHost();
    const account = await host.api.createAccount({
      name,
      kind: service ? "service" : "person",
      role,
      ...(password === null ? {} : { password }),
    });
    const { out, json } = context;
    if (json) out.json(account);
    else {
      const next =
        password === null ? ` \`millrace api-key create --account ${name} --name WHAT-FOR\` makes it a key.` : "";
      out.line(cleanLine(`Made the account ${name}, which is ${role}.${next}`));
    }
    return undefined;
  },
});
