/** What the pages of artifacts show, as it stands in the address. */

export interface ArtifactsSearch {
  /** In the key or the description. */
  readonly q?: string;
  readonly kind?: string;
  /** Those without a key too: each stands for itself. */
  readonly all?: true;
}

export interface KeySearch {
  /** The version that is shown; default: the newest. */
  readonly version?: string;
  /** The version that it is compared with. */
  readonly with?: string;
}

const text = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : null;

export function readArtifactsSearch({ q, kind, all }: Readonly<Record<string, unknown>>): ArtifactsSearch {
  const [words, ofKind] = [text(q), text(kind)];
  return {
    ...(words === null ? {} : { q: words }),
    ...(ofKind === null ? {} : { kind: ofKind }),
    ...(all === true ? { all } : {}),
  };
}

export function readKeySearch(given: Readonly<Record<string, unknown>>): KeySearch {
  const [version, other] = [text(given.version), text(given.with)];
  return { ...(version === null ? {} : { version }), ...(other === null ? {} : { with: other }) };
}
