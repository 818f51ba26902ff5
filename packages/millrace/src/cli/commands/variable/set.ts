import { flag, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { parseValue } from "../../parameters.ts";

export const variableSet = defineCommand({
  summary: "Set a variable",
  details: ["A value that can be read as JSON is that, everything else a text; --text takes it as a text in any case."],
  positionals: { name: required("Lower-case letters, digits, - and _."), value: required("JSON, or a text.") },
  options: {
    tag: texts("TAG", "A tag; may be given several times.", { short: "t" }),
    text: flag("The value is a text, also where it looks like JSON."),
  },
  examples: [
    { command: "variable set batch-size 64", why: "a number" },
    { command: `variable set regions '["eu","us"]' --tag geo`, why: "a list" },
  ],
  async run({ args, options }, context) {
    const value = JSON.stringify(options.text ? args.value : parseValue(args.value));
    await using host = await context.openHost();
    const variable = await host.api.writeVariable({ name: args.name, value, tags: options.tag });
    if (context.json) context.out.json(variable);
    else context.out.line(`${variable.name} is ${variable.value}`);
    return undefined;
  },
});
