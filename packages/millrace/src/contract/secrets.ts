/** A vault outside of Millrace, or any other place that secrets are read from. */
export interface SecretProvider {
  /** Names it in messages and in references: "environment", "aws-secrets-manager". */
  readonly name: string;
  /**
   * The secret's value; null where it has none of this name, or at this path. What is thrown is told as it is, so it must not
   * hold a value.
   *
   * @param signal aborted when the value is no longer waited for; absent where nobody waits with a limit
   */
  read(path: string, signal?: AbortSignal): Promise<string | null>;
}

/** A secret that is kept elsewhere: its sealed value is this reference, and whoever opens it reads the place. */
export interface SecretReference {
  readonly provider: string;
  readonly path: string;
  /** Of a value that is a JSON object, this field; null for all of it. */
  readonly field: string | null;
}

const scheme = "vault://";
const form = /^vault:\/\/([a-z][a-z0-9-]{0,49})\/([\w.@:+=~ -]+(?:\/[\w.@:+=~ -]+)*)(?:#([\w.@:-]+))?$/;
const maxLength = 1000;

/** Whether a value is meant as a reference, right or not. */
export function isSecretReference(value: string): boolean {
  return value.startsWith(scheme);
}

/** `vault://provider/path#field`; null for what is none, such as one with a way up in its path. */
export function parseSecretReference(text: string): SecretReference | null {
  const [, provider, path, field = null] = text.length > maxLength ? [] : (form.exec(text) ?? []);
  if (provider === undefined || path === undefined) return null;
  // Nothing is taken for an option of a command, or for a folder above.
  const isPlain = path.split("/").every((part) => !/^(-|\.{1,2}$)/.test(part) && part.trim() === part);
  return isPlain ? { provider, path, field } : null;
}

/** The name that a block document's data is sealed under, so that what is sealed for one cannot stand for another. */
export function blockDocumentSeal(id: string): string {
  return `block-document ${id}`;
}
