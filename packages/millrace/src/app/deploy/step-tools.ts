/** What build and push steps work with, whatever they are for. */

import type { Api } from "../../contract/api.ts";
import { createMasker } from "../../kit/mask.ts";
import { openVault, type VaultSettings } from "../open-vault.ts";
import { openStorage } from "../result-storage.ts";
import { createS3CredentialsReader } from "../s3-credentials.ts";
import { childEnvironment, createEnvironmentReader, type Settings } from "../settings.ts";
import { createTemplateSources } from "../template-sources.ts";
import type { StepContext } from "./step-context.ts";

export type StepTools = Omit<StepContext, "folder" | "contentHash">;

export interface StepToolsOptions {
  readonly api: Pick<Api, "readVariable" | "readSecret" | "listObjects">;
  readonly settings: Pick<Settings, "durability"> & VaultSettings;
  /** Told what programs print, without secrets. */
  readonly say: (text: string) => void;
}

export function createStepTools({ api, settings, say }: StepToolsOptions): StepTools {
  const masker = createMasker();
  const vault = openVault(settings);
  const readCredentials = createS3CredentialsReader({ api, vault: async () => vault, masker });
  return {
    // Programs of others need no key that they would not have by themselves.
    env: childEnvironment({ apiKey: null }),
    sources: createTemplateSources({ api, vault, masker, environment: createEnvironmentReader() }),
    masker,
    openStorage: (address) => openStorage(address, settings, readCredentials),
    say,
  };
}
