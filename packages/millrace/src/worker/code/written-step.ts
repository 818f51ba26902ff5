/**
 * A step as it is written: an object of one name and its inputs. A name may be written with where it comes from
 * (`prefect.deployments.steps.git_clone`), of which the last part counts, and as in JavaScript or as in Python.
 */

import type { JsonObject } from "../../contract/objects.ts";

export interface WrittenStep {
  /** As in Python: `git_clone`. */
  readonly name: string;
  /** Names what it gives to the steps after it; null where nobody asks. */
  readonly id: string | null;
  /** By their names as in Python. */
  readonly inputs: JsonObject;
}

/** @throws Error that says what is wrong with its form */
export function readWrittenStep(step: JsonObject): WrittenStep {
  const { id: outerId, requires: _, ...named } = step;
  const [entry, ...more] = Object.entries(named);
  if (entry === undefined || more.length > 0) throw new Error("a step must be an object of one name");
  const [written, given] = entry;
  if (given != null && (typeof given !== "object" || Array.isArray(given))) {
    throw new Error(`the inputs of step \`${written}\` must be an object`);
  }
  const { id: innerId, requires: __, ...inputs } = (given ?? {}) as JsonObject;
  const id = outerId ?? innerId;
  return {
    name: toSnakeCase(written.split(".").at(-1) ?? written),
    id: typeof id === "string" && id !== "" ? id : null,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [toSnakeCase(name), value])),
  };
}

/** A step as it is kept: its name and its inputs as in Python. */
export function toKeptStep(step: JsonObject): JsonObject {
  const { name, id, inputs } = readWrittenStep(step);
  return { [name]: { ...(id === null ? {} : { id }), ...inputs } };
}

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll("-", "_");
}

/** Why steps of Prefect are not taken, and what does the same. */
const refused: Readonly<Record<string, string>> = {
  run_shell_script:
    "it runs a shell, which no step does here: do it in the Dockerfile, in a script of package.json that `npm_ci` runs, or before the deploying, and give the result by an environment variable (`{{ $NAME }}`); `{{ git.commit }}` and `{{ git.short_commit }}` are there already",
  pip_install_requirements:
    "it installs packages of Python, which a flow of TypeScript does not have: install them in the Dockerfile of an image",
  pull_from_remote_storage: "it copies a folder that nobody has hashed: use `push_archive` and `pull_archive`",
  pull_from_s3: "it copies a folder that nobody has hashed: use `push_archive` and `pull_archive`",
  push_to_s3: "it copies a folder that nobody has hashed: use `push_archive` and `pull_archive`",
  pull_with_block: "it runs code of a block: use `git_clone` with `access_token`, or `pull_archive`",
};

/** @param known the names that there are, for whoever reads it */
export function unknownStep(name: string, known: readonly string[]): Error {
  const why = Object.hasOwn(refused, name) ? refused[name] : undefined;
  if (why !== undefined) return new Error(`the step \`${name}\` is not taken: ${why}`);
  return new Error(`the step \`${name}\` is not known: there are ${known.join(", ")}`);
}
