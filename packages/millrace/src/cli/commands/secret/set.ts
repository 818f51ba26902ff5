import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { readHidden } from "../../read-hidden.ts";

export const secretSet = defineCommand({
  summary: "Set a secret; its value is asked for, or read from the standard input",
  details: [
    "The value is encrypted with the key of the ledger's home before it is kept. It is no argument, so that it stays out of the " +
      "shell's history and the list of processes. One line end after it is dropped.",
  ],
  positionals: { name: required("The name of the secret.") },
  options: {},
  examples: [
    { command: "secret set service-token", why: "asks for it, without echo" },
    { command: "secret set service-token < token.txt", why: "from a file" },
  ],
  async run({ args }, context) {
    const value = await readHidden(`Value of ${args.name}: `);
    if (value === "") throw new UsageProblem("the value is empty");
    await using host = await context.openHost();
    const vault = await host.vault();
    await host.api.writeSecret({ name: args.name, sealed: await vault.seal(args.name, value) });
    if (context.json) context.out.json({ name: args.name });
    else context.out.line(`${args.name} is set.`);
    return undefined;
  },
});
