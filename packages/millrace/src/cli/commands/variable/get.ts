import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { variableMissing } from "./variable-missing.ts";
import { withPage } from "../../with-page.ts";

export const variableGet = withPage(
  defineCommand({
    summary: "Print the value of a variable",
    details: [
      "A text is printed as it is, everything else as JSON. With --json: the variable, with its `value` as JSON.",
    ],
    positionals: { name: required("The name of a variable.") },
    options: {},
    examples: [{ command: "variable get batch-size", why: "in a script: $(millrace variable get batch-size)" }],
    async run({ args }, context) {
      await using host = await context.openHost();
      const variable = (await host.api.readVariable(args.name)) ?? (await variableMissing(host.api, args.name));
      if (context.json) context.out.json(variable);
      else {
        const value = JSON.parse(variable.value) as unknown;
        context.out.line(typeof value === "string" ? value : variable.value);
      }
      return undefined;
    },
  }),
  {
    kind: "variable",
    find: async (api, { name }) => ((await api.readVariable(name)) ?? (await variableMissing(api, name))).name,
  },
);
