import { isSecretReference, parseSecretReference } from "../../../contract/secrets.ts";
import { text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { readHidden } from "../../read-hidden.ts";

export const secretSet = defineCommand({
  summary: "Set a secret; its value is asked for, or read from the standard input",
  details: [
    "The value is encrypted with the key of the ledger's home before it is kept. It is no argument, so that it stays out of the " +
      "shell's history and the list of processes. One line end after it is dropped.",
    "With --from the value stays where it is: in a file of the folder `secretFiles` (vault://file/path), in the variable MILLRACE_SECRET_NAME (vault://env/NAME) or in a vault that a program of `secretCommands` reads. Whoever needs it reads it there.",
  ],
  positionals: { name: required("The name of the secret.") },
  options: {
    from: text("REFERENCE", "Where the value is kept, as vault://provider/path or vault://provider/path#field."),
  },
  examples: [
    { command: "secret set service-token", why: "asks for it, without echo" },
    { command: "secret set service-token < token.txt", why: "from a file" },
    { command: "secret set db-password --from vault://op/work/database#password", why: "kept in an outside vault" },
  ],
  async run({ args, options }, context) {
    const value = options.from ?? (await readHidden(`Value of ${args.name}: `));
    if (value === "") throw new UsageProblem("the value is empty");
    const isMeantAsReference = options.from !== undefined || isSecretReference(value);
    if (isMeantAsReference && parseSecretReference(value) === null) {
      throw new UsageProblem("the reference is not of the form vault://provider/path#field");
    }
    await using host = await context.openHost();
    const vault = await host.vault();
    await host.api.writeSecret({ name: args.name, sealed: await vault.seal(args.name, value) });
    if (context.json) context.out.json({ name: args.name });
    else context.out.line(`${args.name} is set.`);
    return undefined;
  },
});
