import { MillraceError } from "../../../contract/errors.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";

export const secretDelete = defineCommand({
  summary: "Delete a secret",
  positionals: { name: required("The name of a secret.") },
  options: {},
  examples: [{ command: "secret delete service-token", why: "" }],
  async run({ args }, context) {
    await using host = await context.openHost();
    if (!(await host.api.deleteSecret(args.name))) {
      const advice = "`millrace secret ls` lists the secrets of this ledger.";
      throw new MillraceError("NOT_FOUND", { kind: "secret", name: args.name, advice });
    }
    if (context.json) context.out.json({ deleted: [args.name] });
    else context.out.line(`Deleted ${args.name}.`);
    return undefined;
  },
});
