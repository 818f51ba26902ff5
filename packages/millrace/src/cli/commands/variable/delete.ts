import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { variableMissing } from "./variable-missing.ts";

export const variableDelete = defineCommand({
  summary: "Delete a variable",
  positionals: { name: required("The name of a variable.") },
  options: {},
  examples: [{ command: "variable delete batch-size", why: "" }],
  async run({ args }, context) {
    await using host = await context.openHost();
    if (!(await host.api.deleteVariable(args.name))) return await variableMissing(host.api, args.name);
    if (context.json) context.out.json({ deleted: [args.name] });
    else context.out.line(`Deleted ${args.name}.`);
    return undefined;
  },
});
