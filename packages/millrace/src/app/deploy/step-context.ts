import type { JsonObject } from "../../contract/objects.ts";
import type { ResultStorage } from "../../contract/results.ts";
import type { Masker } from "../../kit/mask.ts";
import type { TemplateSources } from "../../worker/code/fill-templates.ts";

/** What build and push steps work with. */
export interface StepContext {
  /** The folder of the code. */
  readonly folder: string;
  /** Of the code in it. */
  readonly contentHash: string;
  /** The environment of the programs that are started. */
  readonly env: NodeJS.ProcessEnv;
  readonly sources: TemplateSources;
  /** Knows the secrets that were read. */
  readonly masker: Masker;
  readonly openStorage: (address: string) => Pick<ResultStorage, "write">;
  /** Told what programs print. */
  readonly say: (text: string) => void;
}

/** A step before it is taken. */
export interface StepPlan {
  /** What it runs or does, for people. */
  readonly does: string;
  /** What it will give, as far as that is known. */
  readonly outputs: JsonObject;
  /** Takes it, and gives what it gives. @throws Error */
  run(): Promise<JsonObject>;
}
