import { duration, text } from "../../arguments/options.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { findAccount } from "../../find-account.ts";
import { cleanLine } from "../../output/clean-text.ts";

export const apiKeyCreate = defineCommand({
  summary: "Make an API key, and print it this once",
  details: [
    "The key alone is printed on the standard output, and what is said beside it on the standard error. It is kept nowhere: who loses it makes another one. MILLRACE_API_KEY takes it, and `millrace config set apiKey` from its standard input; of Prefect's clients, PREFECT_API_AUTH_STRING, behind a name and a colon.",
    "A key may do what the role of its account may.",
    "With --json: `{ id, accountId, name, start, expiresAt, key }`.",
  ],
  positionals: {},
  options: {
    account: text("NAME", "Whose key it is: the name of an account, its id or the start of it. Required."),
    name: text("WHAT-FOR", "What it is for. Required."),
    expiresIn: duration("How long it lasts. Default: until it is deleted."),
  },
  examples: [
    { command: "api-key create --account gpu-workers --name rack-7", why: "" },
    { command: "api-key create --account ada --name laptop --expires-in 90d", why: "for a while" },
  ],
  async run({ options }, context) {
    const { account: whose, name, expiresIn } = options;
    if (whose === undefined) throw new UsageProblem("--account is missing", "say whose key it is");
    if (name === undefined) throw new UsageProblem("--name is missing", "say what the key is for");
    if (expiresIn !== undefined && expiresIn <= 0) throw new UsageProblem("--expires-in takes more than no time");
    await using host = await context.openHost();
    const account = await findAccount(host.api, whose);
    const expiry = expiresIn === undefined ? {} : { expiresAt: context.clock.now() + expiresIn };
    const { key, text: secret } = await host.api.createApiKey({ accountId: account.id, name, ...expiry });
    const { out, err, json, times } = context;
    const { id, accountId, start, expiresAt } = key;
    if (json) out.json({ id, accountId, name, start, expiresAt, key: secret });
    else {
      out.line(secret);
      const until = expiresAt === null ? "until it is deleted" : `until ${times.long(expiresAt)}`;
      err.line(
        cleanLine(`The key of ${account.name} for ${name}, which holds ${until}. It is shown this once: keep it now.`),
      );
    }
    return undefined;
  },
});
