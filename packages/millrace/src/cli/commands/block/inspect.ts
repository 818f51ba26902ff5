import type { CommandHost } from "../../../app/command-host.ts";
import type { BlockDocument, JsonObject } from "../../../contract/objects.ts";
import { blockDocumentSeal } from "../../../contract/secrets.ts";
import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { blockArgument, blocks } from "../../object-lookups.ts";
import { cleanLine, cleanText } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { hideSecrets, secretFieldsOf } from "../../../contract/block-secrets.ts";
import { withPage } from "../../with-page.ts";

export const blockInspect = withPage(
  defineCommand({
    summary: "Show a block with its values, its secrets hidden",
    details: [
      "The values are sealed with the key of the ledger's home. Over a server it is the server that opens them, and it shows no secret.",
      "With --json: the block, with `type` (the slug of its type) and `data` (its values).",
    ],
    positionals: { block: required(blockArgument) },
    options: { showSecrets: flag("Show the secrets, too.") },
    examples: [{ command: "block inspect secret/service-token", why: "" }],
    async run({ args, options }, context) {
      await using host = await context.openHost();
      const { api } = host;
      const document = await findObject(api, args.block, blocks);
      const { sealed: _, data: __, ...block } = document;
      const type = await api.readObject("block-type", block.blockTypeId);
      const schema = await api.readObject("block-schema", block.blockSchemaId);
      const secretFields = options.showSecrets ? [] : secretFieldsOf(schema?.fields);
      const opened = await open(host, document, { showsSecrets: options.showSecrets });
      const data = hideSecrets(opened, secretFields);
      const { out, json, times } = context;
      if (json) {
        out.json({ ...block, type: type?.slug ?? null, data });
        return undefined;
      }
      const facts = renderFacts(
        [
          ["Block", out.look.paint.bold(cleanLine(`${type?.slug ?? "(gone)"}/${block.name}`))],
          ["Id", block.id],
          ["Type", type === null ? null : cleanLine(type.name)],
          ["Created", times.long(block.createdAt)],
          ["Updated", times.long(block.updatedAt)],
        ],
        out,
      );
      out.lines(facts);
      out.lines(["", out.look.paint.dim("Values"), cleanText(JSON.stringify(data, null, 2))]);
      return undefined;
    },
  }),
  { kind: "block-document", find: async (api, { block }) => (await findObject(api, block, blocks)).id },
);

/** @throws SECRET_UNREADABLE */
async function open(
  host: CommandHost,
  { id, sealed, data = {} }: BlockDocument,
  { showsSecrets }: { readonly showsSecrets: boolean },
): Promise<JsonObject> {
  if (sealed === undefined) return data;
  if (host.client !== null) {
    if (showsSecrets) throw new UsageProblem("a server shows no secrets", "ask where the ledger's key is");
    return (await host.client.readBlockValues(id))?.data ?? {};
  }
  const vault = await host.vault();
  return JSON.parse(await vault.open(blockDocumentSeal(id), sealed)) as JsonObject;
}
