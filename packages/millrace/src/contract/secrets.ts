/** A vault outside of Millrace, or any other place that secrets are read from. */
export interface SecretProvider {
  /** Names it in messages: "environment", "aws-secrets-manager". */
  readonly name: string;
  /** The secret's value; null where it has none of this name. */
  read(name: string): Promise<string | null>;
}

/** The name that a block document's data is sealed under, so that what is sealed for one cannot stand for another. */
export function blockDocumentSeal(id: string): string {
  return `block-document ${id}`;
}
