/**
 * Who refers to a block or a variable: what the ledger can say. Code that loads one by its name is not in the ledger, and what
 * a block holds is sealed: see `Client.listBlocksAround` for blocks within blocks.
 */

export type UsedThing =
  | { readonly kind: "block-document"; readonly id: string }
  | { readonly kind: "variable"; readonly name: string };

export interface Use {
  readonly kind: "deployment" | "schedule" | "work-pool" | "automation" | "block-document" | "configuration";
  readonly id: string;
  /** `flow/deployment` for a deployment; a schedule has that of its deployment. */
  readonly name: string;
  /** Of a schedule. */
  readonly deploymentId?: string;
  /** Where in it, such as `jobVariables.env.TOKEN`; at most 20. */
  readonly fields: readonly string[];
}

export interface Uses {
  /** By their kinds; at most 200. */
  readonly items: readonly Use[];
  /** Whether there are more. */
  readonly isCut: boolean;
}
