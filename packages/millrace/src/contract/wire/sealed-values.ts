/**
 * What is secret, over the wire. Nothing of it is a method of Api: a ledger keeps ciphertext, and only the process that has
 * the key, the server here, seals what is sent to it.
 */

import type { JsonObject } from "../objects.ts";

/** As Prefect's clients have it. */
export const blockName = /^[a-z0-9-]{1,200}$/;

export interface BlockValues {
  /** By field. Secrets are asterisks; a field that refers to another block has the values of that one. */
  readonly data: JsonObject;
  /** The blocks within, by field. */
  readonly references: Readonly<Record<string, { readonly id: string; readonly name: string }>>;
  /** Of the block that these are the values of. */
  readonly revision: number;
}

/** A block that another is within. */
export interface BlockAround {
  readonly id: string;
  readonly name: string;
  /** Those that hold it. */
  readonly fields: readonly string[];
}

/** Types of blocks that the server itself sends something by; all others are used by code alone. */
export const triableBlockTypes = [
  "slack-webhook",
  "ms-teams-webhook",
  "mattermost-webhook",
  "discord-webhook",
  "pager-duty-webhook",
  "opsgenie-webhook",
  "sendgrid-email",
  "twilio-sms",
  "custom-webhook",
  "webhook",
] as const;

/** What became of a message that was sent to try a block. */
export interface BlockTrial {
  readonly isOk: boolean;
  /** In a sentence, without what was sent. */
  readonly told: string;
}

export interface BlockToCreate {
  readonly blockTypeId: string;
  readonly blockSchemaId: string;
  readonly name: string;
  readonly data: JsonObject;
}

export interface BlockValuesChange {
  /** All of its values: what is left out is gone. What is sent back as it was shown stays what it is. */
  readonly data: JsonObject;
  /** Default: the one that it has. */
  readonly blockSchemaId?: string;
  /** The revision that was read: it is not changed past what somebody else wrote meanwhile. Default: whichever it is at. */
  readonly revision?: number;
}
