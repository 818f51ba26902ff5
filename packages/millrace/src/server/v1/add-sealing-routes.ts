/**
 * What is secret, sent to be kept: the process that has the key seals it. A secret can be set here and never be read; the
 * values of a block are shown with asterisks for its secrets.
 */

import type { FastifyInstance } from "fastify";
import type { Api } from "../../contract/api.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { Vault } from "../../contract/runtime.ts";
import {
  blocksAround,
  blockToCreate,
  blockTrial,
  blockValues,
  blockValuesChange,
  secretValue,
} from "../../contract/wire/schemas/sealed-values.ts";
import type { BlockTrial, BlockValues } from "../../contract/wire/sealed-values.ts";
import { serverRoute } from "../access/server-route.ts";
import { findBlocksAround } from "../blocks/blocks-around.ts";
import { changeBlock, createBlock } from "../blocks/save-blocks.ts";
import { showBlockValues } from "../blocks/show-values.ts";
import { checkAnswer } from "../http/check-answer.ts";
import { readBody } from "./read-body.ts";

const json = "application/json; charset=utf-8";

export interface SealingOptions {
  readonly api: Api;
  readonly vault: Vault;
  /** Null when there is no such block. @throws OBJECT_INVALID */
  readonly tryBlock: (id: string) => Promise<BlockTrial | null>;
  readonly checksAnswers: boolean;
  /** Called after something that may have written events. */
  readonly onEvents: () => void;
}

interface OfBlock {
  Params: { readonly id: string };
}

interface OfSecret {
  Params: { readonly name: string };
}

export function addSealingRoutes(
  app: FastifyInstance,
  { api, vault, tryBlock, checksAnswers, onEvents }: SealingOptions,
): void {
  app.put<OfSecret>("/v1/secrets/:name/value", serverRoute("setSecret"), async ({ params: { name }, body }, reply) => {
    const { value } = readBody(secretValue, body);
    await api.writeSecret({ name, sealed: await vault.seal(name, value) });
    onEvents();
    return reply.code(204).send();
  });

  app.post("/v1/blocks", serverRoute("createBlock"), async ({ body }, reply) => {
    const { id } = await createBlock({ api, vault }, { ...readBody(blockToCreate, body), anonymous: false });
    onEvents();
    return reply.type(json).send(JSON.stringify({ id }));
  });

  app.get<OfBlock>("/v1/blocks/:id/values", serverRoute("readBlockValues"), async ({ params: { id } }, reply) => {
    const answer = await readValues(id);
    if (checksAnswers) checkAnswer(blockValues, { route: "readBlockValues", answer });
    return reply.type(json).send(JSON.stringify(answer));
  });

  app.put<OfBlock>(
    "/v1/blocks/:id/values",
    serverRoute("changeBlockValues"),
    async ({ params: { id }, body }, reply) => {
      const change = readBody(blockValuesChange, body);
      if (!(await changeBlock({ api, vault }, id, { ...change, merges: false }))) throw noBlock(id);
      onEvents();
      return reply.code(204).send();
    },
  );

  app.get<OfBlock>("/v1/blocks/:id/around", serverRoute("listBlocksAround"), async ({ params: { id } }, reply) => {
    const answer = await findBlocksAround({ api, vault }, id);
    if (checksAnswers) checkAnswer(blocksAround, { route: "listBlocksAround", answer });
    return reply.type(json).send(JSON.stringify(answer));
  });

  app.post<OfBlock>("/v1/blocks/:id/try", serverRoute("tryBlock"), async ({ params: { id } }, reply) => {
    const answer = await tryBlock(id);
    if (answer === null) throw noBlock(id);
    if (checksAnswers) checkAnswer(blockTrial, { route: "tryBlock", answer });
    return reply.type(json).send(JSON.stringify(answer));
  });

  async function readValues(id: string): Promise<BlockValues> {
    const document = await api.readObject("block-document", id);
    if (document === null) throw noBlock(id);
    const { blocks } = await showBlockValues({ api, vault }, [document], { includesSecrets: false });
    const { data, within } = blocks[0] ?? { data: {}, within: new Map() };
    const references = [...within].map(([field, block]) => {
      const { id: idOfBlock, name } = block.document;
      return [field, { id: idOfBlock, name }] as const;
    });
    return { data, references: Object.fromEntries(references), revision: document.revision };
  }
}

function noBlock(id: string): MillraceError {
  return new MillraceError("NOT_FOUND", {
    kind: "block",
    name: id,
    advice: "`millrace block ls` lists those there are.",
  });
}
