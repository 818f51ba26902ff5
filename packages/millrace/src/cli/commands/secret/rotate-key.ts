import type { Rotation } from "../../../app/rotate-secrets-key.ts";
import { MillraceError } from "../../../contract/errors.ts";
import { flag } from "../../arguments/options.ts";
import { defineCommand, exitCodes } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { cleanLine } from "../../output/clean-text.ts";

export const secretRotateKey = defineCommand({
  summary: "Give the secrets another key, and seal all of them with it",
  details: [
    "Makes a new key in the home folder, seals every secret and every block anew, and drops the old key when nothing is sealed by it any more. Runs, workers and servers of this home go on meanwhile, and take the new key by themselves. When it is ended before, the next call goes on where it was.",
    "Where the key is in MILLRACE_SECRETS_KEY, put a new one before it, with a comma between them, for all processes; this command then seals everything with the first and says which ones are no longer used.",
    "On PostgreSQL it asks first: machines that have a copy of the key file need the new file before they can open anything.",
    "With --json: `{ keyId, isResumed, secrets, blocks, unreadable, unused }`. Exit code 1 when a value could not be opened by any key.",
  ],
  positionals: {},
  options: {
    dryRun: flag("Change nothing; say what would be sealed anew."),
    yes: flag("Do not ask.", { short: "y" }),
  },
  examples: [
    { command: "secret rotate-key --dry-run", why: "what is sealed, and can all of it be opened?" },
    { command: "secret rotate-key", why: "somebody may have seen the key" },
  ],
  async run({ options }, context) {
    await using host = await context.openHost();
    if (host.rotateSecretsKey === null) {
      throw new MillraceError("KEY_ROTATION_REFUSED", {
        reason: `the ledger is that of the server at ${host.serverUrl ?? ""}, whose key is not here`,
        advice: "Call it on the server's machine, without MILLRACE_API_URL.",
      });
    }
    const { database, secretsKey } = host.settings;
    const isCopied = database !== null && secretsKey === null && !options.dryRun;
    const question = "Have other machines that use this ledger no copy of the key file?";
    await confirm({ question, isSure: options.yes || !isCopied }, context);
    const rotation = await host.rotateSecretsKey({ isDryRun: options.dryRun });
    const { out, json } = context;
    if (json) out.json(rotation);
    else out.lines(describe(rotation, { isDryRun: options.dryRun, isKeyOurs: secretsKey === null }));
    return rotation.unreadable.length === 0 ? undefined : exitCodes.failed;
  },
});

function describe(
  { keyId, isResumed, secrets, blocks, unreadable, unused }: Rotation,
  { isDryRun, isKeyOurs }: { readonly isDryRun: boolean; readonly isKeyOurs: boolean },
): readonly string[] {
  const counts = `${secrets} ${secrets === 1 ? "secret" : "secrets"} and ${blocks} ${blocks === 1 ? "block" : "blocks"}`;
  const which = keyId === null ? "a new key" : `key ${keyId}`;
  const sealed = isDryRun ? `Would seal ${counts} with ${which}.` : `Sealed ${counts} with ${which}.`;
  const nothing = keyId === null && !isDryRun;
  return [
    ...(isResumed && isKeyOurs ? ["Going on with a rotation that had not ended."] : []),
    nothing ? "There is no key: nothing has been sealed yet." : sealed,
    ...unused.map((id) => (isKeyOurs ? `Dropped key ${id}.` : `Nothing is sealed with key ${id}: take it away.`)),
    ...unreadable.map((name) => cleanLine(`No key here opens ${name}: it stays as it is. Set it again.`)),
  ];
}
