/**
 * Another key for the secrets. The new one is put before the old one, so that all processes seal with it from then on and open by
 * both; then every value is sealed anew; and when nothing is sealed by the old one any more, it is dropped. More than one key in
 * the file is a rotation that has not ended: the next one goes on with it, wherever the process died that began it.
 */

import { MillraceError } from "../contract/errors.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import type { KeyRing } from "./key-ring.ts";
import { takeRotationLock } from "./rotation-lock.ts";
import { readSealedValues } from "./sealed-values.ts";
import { parseSealed, sealText } from "./sealed-text.ts";
import { createKeySource, openWith } from "./vault.ts";
import { createKey, keyPath, replaceKeyFile } from "./vault-key.ts";

/** Between the last value that was sealed anew and the last look, in ms: who had the old key in hand has written by then. */
const settleMs = 3000;
/** Looks that may find something, before somebody must be sealing with the old key all the time. */
const maxPasses = 10;

export interface RotationOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly home: string;
  /** Keys in place of the file's: they are then somebody else's to make and to drop. */
  readonly secretsKey: string | null;
  /** Whether it only says what it would do. */
  readonly isDryRun: boolean;
  /** Told of each value that was sealed anew, or would be. */
  readonly onResealed?: (value: { readonly kind: "secret" | "block"; readonly name: string }) => void;
}

export interface Rotation {
  /** The key that seals from now on; null where there is none yet, and for the one that a dry run does not make. */
  readonly keyId: string | null;
  /** Whether it went on with one that had not ended. */
  readonly isResumed: boolean;
  /** Sealed anew, or that would be. */
  readonly secrets: number;
  readonly blocks: number;
  /** Of values that none of the keys opens: they stay as they are. */
  readonly unreadable: readonly string[];
  /** Keys that nothing is sealed by any more. Those of the file are gone from it. */
  readonly unused: readonly string[];
}

/**
 * @throws KEY_ROTATION_REFUSED where another process does so, where the setting has one key only, and where the key is lost;
 * SETTING_INVALID, LEDGER_UNWRITABLE, and what the store throws
 */
export async function rotateSecretsKey(options: RotationOptions): Promise<Rotation> {
  const { home, secretsKey, isDryRun } = options;
  const source = createKeySource({ home, key: secretsKey });
  using _ = isDryRun ? null : takeRotationLock(home);
  const ring = source.read();
  if (ring === null) return withoutKey(options, source.location);
  if (secretsKey !== null) demandSeveral(ring);
  const isResumed = ring.length > 1;
  if (isDryRun) {
    const pass = await sealAnew(options, { ring, sealsAll: !isResumed });
    return toRotation(pass, { keyId: isResumed ? ring[0].id : null, isResumed, unused: [] });
  }
  const [current, ...older]: KeyRing = isResumed ? ring : [createKey(), ...ring];
  if (!isResumed) replaceKeyFile(keyPath(home), [current, ...older]);
  const passes = await sealUntilSettled(options, [current, ...older]);
  if (secretsKey === null) replaceKeyFile(keyPath(home), [current]);
  return toRotation(passes, { keyId: current.id, isResumed, unused: older.map(({ id }) => id) });
}

interface Pass {
  readonly secrets: number;
  readonly blocks: number;
  readonly unreadable: readonly string[];
  /** Values that somebody else has changed at the same time. */
  readonly raced: number;
}

/** Until a look that comes some time after the last change has found nothing to do. @throws KEY_ROTATION_REFUSED */
async function sealUntilSettled(options: RotationOptions, ring: KeyRing): Promise<Pass> {
  let sum = await sealAnew(options, { ring, sealsAll: false });
  for (let pass = 1; pass < maxPasses; pass++) {
    await options.clock.sleep(settleMs);
    const again = await sealAnew(options, { ring, sealsAll: false });
    sum = { ...again, secrets: sum.secrets + again.secrets, blocks: sum.blocks + again.blocks };
    if (again.secrets + again.blocks + again.raced === 0) return sum;
  }
  throw new MillraceError("KEY_ROTATION_REFUSED", {
    reason: "values are sealed with the older key again and again",
    advice:
      "Give all processes that use this ledger the new key, and rotate again: it goes on where it is. Both keys are kept.",
  });
}

/** @param how.sealsAll whether what the first key has sealed counts too: a new one is to come, which a dry run does not make */
async function sealAnew(
  { store, isDryRun, onResealed = () => undefined }: RotationOptions,
  { ring, sealsAll }: { readonly ring: KeyRing; readonly sealsAll: boolean },
): Promise<Pass> {
  const [current] = ring;
  const counts = { secret: 0, block: 0 };
  const unreadable: string[] = [];
  let raced = 0;
  for await (const { kind, name, sealName, sealed, replace } of readSealedValues(store)) {
    if (!sealsAll && parseSealed(sealed)?.keyId === current.id) continue;
    const opened = openWith(ring, sealName, sealed);
    if (opened === null) unreadable.push(`${kind} ${name}`);
    else if (isDryRun || (await replace(sealText(current, { name: sealName, value: opened.value })))) {
      counts[kind] += 1;
      onResealed({ kind, name });
    } else raced += 1;
  }
  return { secrets: counts.secret, blocks: counts.block, unreadable, raced };
}

function toRotation(
  { secrets, blocks, unreadable }: Pass,
  { keyId, isResumed, unused }: Pick<Rotation, "keyId" | "isResumed" | "unused">,
): Rotation {
  return { keyId, isResumed, secrets, blocks, unreadable, unused };
}

/** Where nothing was ever sealed there is nothing to do. @throws KEY_ROTATION_REFUSED */
async function withoutKey({ store }: RotationOptions, location: string): Promise<Rotation> {
  for await (const { kind, name } of readSealedValues(store)) {
    throw new MillraceError("KEY_ROTATION_REFUSED", {
      reason: `there is no key in ${location}, and the ${kind} ${name} was sealed with one`,
      advice: "Restore the key file from a copy, or set what was sealed again: the first that is set makes a new key.",
    });
  }
  return { keyId: null, isResumed: false, secrets: 0, blocks: 0, unreadable: [], unused: [] };
}

/** @throws KEY_ROTATION_REFUSED */
function demandSeveral(ring: KeyRing): void {
  if (ring.length > 1) return;
  throw new MillraceError("KEY_ROTATION_REFUSED", {
    reason: "MILLRACE_SECRETS_KEY holds one key, and a variable cannot be changed from here",
    advice: "Put a new key before it, with a comma between them, wherever the variable is set; then rotate again.",
  });
}
