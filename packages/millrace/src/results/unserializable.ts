/** A part of a value that cannot be written down. */

/** `path` says where it is, from the value on: `result.rows[3].socket`. `reason` goes on from there: "is a function". */
export class Unserializable extends Error {
  override readonly name = "Unserializable";
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string, cause?: unknown) {
    super(`${path} ${reason}`, cause === undefined ? undefined : { cause });
    this.path = path;
    this.reason = reason;
  }
}

/** A refusal on its way out: each object around the refused part puts its own step before the path. */
export class Refusal extends Error {
  readonly reason: string;
  readonly #steps: string[] = [];

  constructor(reason: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }

  toUnserializable(root: string): Unserializable {
    return new Unserializable(`${root}${this.#steps.toReversed().join("")}`, this.reason, this.cause);
  }

  /** The refusal as seen from one object further out; an error of a getter or a `toJSON` becomes one. */
  static within(step: string, error: unknown): Refusal {
    const refusal = error instanceof Refusal ? error : Refusal.of(error);
    refusal.#steps.push(step);
    return refusal;
  }

  static of(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    return new Refusal(`cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

/** How the property of an object is written in a path. */
export function propertyStep(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
