import { MillraceError } from "../contract/errors.ts";
import type { Runtime } from "../contract/runtime.ts";
import type { SecretProvider } from "../contract/secrets.ts";
import { loadRuntime } from "./runtime.ts";

const providers: SecretProvider[] = [];

/**
 * Values that are in no file of the project: sealed in the ledger with a key that stays on this machine, or taken from where
 * they are kept already. A value that was read or set here is masked from then on in every log line, preview, artifact, event,
 * tag and error that is recorded. It is not masked in what is read again, such as results and keys: do not return it from a task.
 */
export const secret = {
  /**
   * Looks in the ledger; then in the environment and the .env file, under the name in capitals with `_` for what is no letter or
   * digit (`service-token` is SERVICE_TOKEN); then asks each provider. An empty text counts as absent.
   *
   * @throws NOT_FOUND where nobody has it, SECRET_UNREADABLE when it was sealed with another key; what a provider throws
   */
  async get(name: string): Promise<string> {
    const runtime = await loadRuntime();
    const value = await find(runtime, name);
    if (value === null) throw missing(name);
    runtime.mask(value);
    return value;
  },

  /** Seals a value in the ledger. By hand: `millrace secret set <name>`. */
  async set(name: string, value: string): Promise<void> {
    const runtime = await loadRuntime();
    runtime.mask(value);
    const sealed = await (await runtime.vault()).seal(name, value);
    await (await runtime.api()).writeSecret({ name, sealed });
  },

  /** Removes it from the ledger; what the environment or a provider has, stays. False when there was none. */
  async delete(name: string): Promise<boolean> {
    return (await (await loadRuntime()).api()).deleteSecret(name);
  },
} as const;

/**
 * Adds a place to look for secrets, in this process, after those that were added before: an outside vault, for example.
 *
 * @example secretProvider({ name: "vault", read: async (name) => (await client.read(name)) ?? null });
 * @returns dispose it to take the place away again
 */
export function secretProvider(provider: SecretProvider): Disposable {
  providers.push(provider);
  return {
    [Symbol.dispose]() {
      const index = providers.indexOf(provider);
      if (index !== -1) providers.splice(index, 1);
    },
  };
}

async function find(runtime: Runtime, name: string): Promise<string | null> {
  const stored = await (await runtime.api()).readSecret(name);
  if (stored !== null) return (await runtime.vault()).open(name, stored.sealed);
  const fromEnvironment = await runtime.readEnvironment(environmentName(name));
  if (fromEnvironment !== undefined && fromEnvironment !== "") return fromEnvironment;
  for (const provider of providers) {
    const value = await provider.read(name);
    if (value !== null && value !== "") return value;
  }
  return null;
}

function missing(name: string): MillraceError {
  const asked =
    providers.length === 0 ? "" : ` Asked without success: ${providers.map((each) => each.name).join(", ")}.`;
  const advice = `Set it once with \`millrace secret set ${name}\`, or give it as ${environmentName(name)} in the environment or a .env file.`;
  return new MillraceError("NOT_FOUND", { kind: "secret", name, advice: advice + asked });
}

function environmentName(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, "_").toUpperCase();
}
