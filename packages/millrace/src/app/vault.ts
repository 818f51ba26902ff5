/** Seals and opens secrets with the keys of a home, or with those of the setting. */

import { MillraceError } from "../contract/errors.ts";
import type { Vault } from "../contract/runtime.ts";
import { type KeyRing, parseKeyRing } from "./key-ring.ts";
import { openText, parseSealed, sealText } from "./sealed-text.ts";
import { keyPath, readKeyFile, readOrCreateKeyFile } from "./vault-key.ts";

export interface VaultOptions {
  /** The ledger's home folder, which has the keys' file. */
  readonly home: string;
  /** Keys in place of the file's, the one that seals first: each 32 bytes in base64 or hexadecimal. */
  readonly key?: string | null;
}

/** Where the keys are, and what they are now. */
export interface KeySource {
  /** As it is named to people. */
  readonly location: string;
  /** Null where there are none. @throws SETTING_INVALID */
  read(): KeyRing | null;
  /** Makes the first one. @throws SETTING_INVALID, LEDGER_UNWRITABLE */
  readOrCreate(): KeyRing;
}

/** @throws SETTING_INVALID for a setting that holds no key */
export function createKeySource({ home, key }: VaultOptions): KeySource {
  if (typeof key !== "string") {
    const path = keyPath(home);
    return { location: path, read: () => readKeyFile(path), readOrCreate: () => readOrCreateKeyFile(path) };
  }
  const location = "MILLRACE_SECRETS_KEY";
  const ring = parseKeyRing(key, location);
  return { location, read: () => ring, readOrCreate: () => ring };
}

/**
 * The vault of a home. Sealing makes the keys' file at first use; opening never does. The file may get other keys at any time: it
 * is read for each value that is sealed, and again for one that the keys known so far do not open.
 *
 * Rejects with SECRET_UNREADABLE for another key, a missing key, or a text that was changed; SETTING_INVALID for a key that is
 * none; LEDGER_UNWRITABLE when the key cannot be kept.
 */
export function createVault(options: VaultOptions): Vault {
  const source = createKeySource(options);
  let known: KeyRing | null = null;

  return {
    async seal(name, value) {
      known = source.readOrCreate();
      return sealText(known[0], { name, value });
    },
    async open(name, sealed) {
      const opened = known === null ? null : openWith(known, name, sealed);
      if (opened !== null) return opened.value;
      known = source.read();
      const openedNow = known === null ? null : openWith(known, name, sealed);
      if (openedNow !== null) return openedNow.value;
      throw unreadable({ name, sealed, location: source.location, ring: known });
    },
  };
}

/** The value, and the key that it was sealed with; null where none of the keys opens it. */
export function openWith(
  ring: KeyRing,
  name: string,
  sealed: string,
): { readonly value: string; readonly keyId: string } | null {
  const parts = parseSealed(sealed);
  if (parts === null) return null;
  for (const key of ring) {
    if (parts.keyId !== null && parts.keyId !== key.id) continue;
    try {
      return { value: openText(key, name, parts), keyId: key.id };
    } catch {
      // Another key, or a text that was changed: which of them cannot be told.
    }
  }
  return null;
}

function unreadable(told: {
  readonly name: string;
  readonly sealed: string;
  readonly location: string;
  readonly ring: KeyRing | null;
}): MillraceError {
  const { name, sealed, location, ring } = told;
  const keyId = parseSealed(sealed)?.keyId ?? null;
  const isMissing = keyId !== null && ring?.every(({ id }) => id !== keyId) !== false;
  const reason = ring === null ? ": there is none" : isMissing ? `: it was sealed with key ${keyId}` : "";
  return new MillraceError("SECRET_UNREADABLE", { name, location, reason });
}
