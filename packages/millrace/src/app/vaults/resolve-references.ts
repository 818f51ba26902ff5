/**
 * Secrets that are kept elsewhere: where the opened value is a reference, the value is what its provider says. It is held in the
 * memory of this process alone, and no longer than is set; a provider that does not answer is an error, and nothing takes the
 * value's place.
 */

import { isMillraceError, MillraceError } from "../../contract/errors.ts";
import type { Vault } from "../../contract/runtime.ts";
import {
  isSecretReference,
  parseSecretReference,
  type SecretProvider,
  type SecretReference,
} from "../../contract/secrets.ts";
import type { Clock } from "../../kit/clock.ts";
import { abortable, timeoutSignal } from "../../kit/signal.ts";

/** How long a provider may take, in ms. */
const limitMs = 10_000;
/** Values that are held, at most; the oldest go. */
const maxHeld = 1000;

export interface ResolveOptions {
  readonly providers: ReadonlyMap<string, SecretProvider>;
  readonly clock: Clock;
  /** How long a value is held, in ms. */
  readonly holdsMs: number;
}

interface Held {
  readonly value: Promise<string>;
  readonly until: number;
}

/**
 * The same vault, whose `open` follows references.
 *
 * Rejects also with SECRET_REFERENCE_INVALID for one that leads nowhere, SECRET_PROVIDER_FAILED.
 */
export function resolveReferences(vault: Vault, { providers, clock, holdsMs }: ResolveOptions): Vault {
  const held = new Map<string, Held>();

  function read(name: string, text: string): Promise<string> {
    const known = held.get(text);
    if (known !== undefined && known.until > clock.monotonic()) return known.value;
    const value = ask(name, text);
    held.delete(text);
    held.set(text, { value, until: clock.monotonic() + holdsMs });
    // What failed is asked for again by the next.
    value.catch(() => held.delete(text));
    const [oldest] = held.keys();
    if (held.size > maxHeld && oldest !== undefined) held.delete(oldest);
    return value;
  }

  async function ask(name: string, text: string): Promise<string> {
    const reference = parseSecretReference(text);
    if (reference === null) throw invalid(name, "it is not of the form vault://provider/path#field");
    const provider = providers.get(reference.provider);
    if (provider === undefined) {
      throw invalid(
        name,
        `there is no provider \`${reference.provider}\` on this machine (there are: ${[...providers.keys()].join(", ")})`,
      );
    }
    try {
      using limit = timeoutSignal({ ms: limitMs, clock });
      const found = await abortable(provider.read(reference.path, limit.signal), limit.signal);
      if (found === null || found === "") throw new Error("it has none there");
      return toValue(found, reference);
    } catch (cause) {
      if (isMillraceError(cause)) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new MillraceError("SECRET_PROVIDER_FAILED", { name, provider: provider.name, reason }, { cause });
    }
  }

  return {
    seal: (name, value) => vault.seal(name, value),
    async open(name, sealed) {
      const value = await vault.open(name, sealed);
      return isSecretReference(value) ? read(name, value) : value;
    },
  };
}

/** Messages of the JSON parser repeat what they were given: they are not told. */
function toValue(found: string, { field }: SecretReference): string {
  if (field === null) return found;
  let parsed: unknown;
  try {
    parsed = JSON.parse(found);
  } catch {
    throw new Error(`its value is no JSON object, and field \`${field}\` is asked for`);
  }
  const isObject = typeof parsed === "object" && parsed !== null && Object.hasOwn(parsed, field);
  const value = isObject ? (parsed as Readonly<Record<string, unknown>>)[field] : undefined;
  if (typeof value === "string" && value !== "") return value;
  throw new Error(`its value has no text in field \`${field}\``);
}

function invalid(name: string, reason: string): MillraceError {
  return new MillraceError("SECRET_REFERENCE_INVALID", { name, reason });
}
