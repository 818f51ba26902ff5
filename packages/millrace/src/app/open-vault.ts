/** The vault of the settings: its keys, and the places outside that a secret may refer to. */

import type { Vault } from "../contract/runtime.ts";
import type { SecretProvider } from "../contract/secrets.ts";
import { systemClock } from "../kit/clock.ts";
import { createEnvironmentReader } from "./settings.ts";
import type { SettingValues } from "./settings-table.ts";
import { createVault } from "./vault.ts";
import { createCommandProvider } from "./vaults/command-provider.ts";
import { createEnvProvider } from "./vaults/env-provider.ts";
import { createFileProvider } from "./vaults/file-provider.ts";
import { resolveReferences } from "./vaults/resolve-references.ts";

export type VaultSettings = Pick<
  SettingValues,
  "home" | "secretsKey" | "secretFiles" | "secretCommands" | "secretHoldMs"
>;

/** @throws SETTING_INVALID; sealing and opening reject as createVault and resolveReferences say */
export function openVault(settings: VaultSettings): Vault {
  const { home, secretsKey: key, secretFiles, secretCommands, secretHoldMs: holdsMs } = settings;
  const providers: readonly SecretProvider[] = [
    createEnvProvider(createEnvironmentReader()),
    ...(secretFiles === null ? [] : [createFileProvider(secretFiles)]),
    ...Object.entries(secretCommands ?? {}).map(([name, words]) => createCommandProvider(name, words)),
  ];
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  return resolveReferences(createVault({ home, key }), { providers: byName, clock: systemClock, holdsMs });
}
