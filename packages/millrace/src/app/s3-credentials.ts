/** Credentials for S3 that a block of the ledger holds. They are read when they are first needed, and kept nowhere. */

import type { Vault } from "../contract/runtime.ts";
import type { Masker } from "../kit/mask.ts";
import type { S3Credentials } from "../results/s3-connection.ts";
import type { S3CredentialsBlock } from "./s3-url.ts";
import { createTemplateSources, type TemplateSourcesOptions } from "./template-sources.ts";

export interface S3CredentialsSources {
  readonly api: TemplateSourcesOptions["api"];
  readonly vault: () => Promise<Pick<Vault, "open">>;
  /** Is told what is secret of them. */
  readonly masker: Pick<Masker, "add">;
}

interface Fields {
  readonly id: string;
  readonly secret: string;
  readonly token: string | null;
}

/** Of the kinds of blocks that hold such credentials, as Prefect's packages name them. No other block is ever sent anywhere. */
const fieldsOfType: Readonly<Record<S3CredentialsBlock["type"], Fields>> = {
  "aws-credentials": { id: "aws_access_key_id", secret: "aws_secret_access_key", token: "aws_session_token" },
  "minio-credentials": { id: "minio_root_user", secret: "minio_root_password", token: null },
};

export type S3CredentialsReader = (block: S3CredentialsBlock) => Promise<S3Credentials>;

/** It rejects with an Error that names the block, and nothing of what it holds. */
export function createS3CredentialsReader({ api, vault, masker }: S3CredentialsSources): S3CredentialsReader {
  return async ({ type, name }) => {
    const hidden = { add: () => undefined };
    const sources = createTemplateSources({ api, vault: await vault(), environment: () => undefined, masker: hidden });
    const block = await sources.block(type, name);
    if (block === null) throw new Error(`there is no block ${type}/${name} with credentials`);
    const fields = fieldsOfType[type];
    const [accessKeyId, secretAccessKey] = [textOf(block[fields.id]), textOf(block[fields.secret])];
    const sessionToken = fields.token === null ? null : textOf(block[fields.token]);
    if (accessKeyId === null || secretAccessKey === null) {
      throw new Error(`the block ${type}/${name} lacks \`${fields.id}\` or \`${fields.secret}\``);
    }
    for (const secret of [secretAccessKey, sessionToken]) if (secret !== null) masker.add(secret);
    return { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
