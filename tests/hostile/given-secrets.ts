/** The canaries, each where people keep a secret of its kind. */

import { canary, shapes } from "./canaries.ts";

/** Read by the flow that puts them everywhere; each shape, and what is kept elsewhere. */
export const readByFlows = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [`read-${index}`, canary(index, index === 3 ? "long" : shapes[index % 3])]),
);
/** Sealed in the ledger, by name. */
export const secrets: Readonly<Record<string, string>> = {
  ...readByFlows,
  apart: canary(12, "odd"),
  dies: canary(13, "long"),
  stray: canary(14, "lines"),
  "env-plain": canary(20),
  "env-lines": canary(21, "lines"),
  "env-within": canary(22),
  broken: canary(23, "odd"),
  git: canary(24),
  "git-address": canary(25),
  hook: canary(26, "odd"),
};
/** Sealed in the ledger of a workspace. */
export const ofWorkspace = canary(27, "odd");
export const { account, oidc, sealingKey, database, apiUrl, serviceToken, provided, vaultedEnv } = {
  account: canary(30),
  oidc: canary(31),
  // 32 bytes.
  sealingKey: Buffer.from(`${canary(32)}-key-of-the-vault-0`),
  database: canary(33),
  apiUrl: canary(34),
  serviceToken: canary(35, "odd"),
  provided: canary(36, "lines"),
  vaultedEnv: canary(37),
};
/** Values of blocks by `type/name`. */
export const blocks: Readonly<Record<string, object>> = {
  "secret/env-odd": { value: canary(40, "odd") },
  "aws-credentials/store": {
    aws_access_key_id: "AKIDEXAMPLE",
    aws_secret_access_key: canary(41),
    aws_session_token: canary(42),
  },
};
/** In no list of secrets: kept and shown as data. */
export const allowed = canary(90);
export const parameter = canary(91);

/** Blocks by which the server sends something to this address, and what it answers tells their secrets back. */
export function createServices(url: string): Readonly<Record<string, object>> {
  return {
    "slack-webhook/refused": { url: `${url}/services/${canary(43)}?token=${canary(44)}` },
    "webhook/taken": {
      url: `${url}/taken/${canary(45)}`,
      headers: { "x-key": canary(46), authorization: `Bearer ${canary(47)}` },
    },
    "custom-webhook/refused": {
      name: "refused",
      url: `${url}/custom?k={{key}}`,
      method: "POST",
      headers: { "x-custom": "{{key}}" },
      json_data: { text: "{{body}}", key: "{{key}}" },
      secrets: { key: canary(48, "odd") },
    },
    "mattermost-webhook/nowhere": { hostname: "127.0.0.1:1", secure: false, token: canary(49) },
  };
}
