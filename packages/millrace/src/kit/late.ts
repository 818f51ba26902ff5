/** Modules that are loaded when they are first needed, and packages that may not be installed. */

/** Loads once and gives the same to every caller; a load that failed is tried again by the next. */
export function late<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

type AsyncMethod = (...args: never[]) => Promise<unknown>;

/** Methods of an object that is made when one of them is first called. */
export function lateMethods<T extends Readonly<Record<Name, AsyncMethod>>, Name extends keyof T & string>(
  names: readonly Name[],
  load: () => Promise<T>,
): Pick<T, Name> {
  const loaded = late(load);
  const method =
    (name: Name) =>
    async (...args: readonly unknown[]) => {
      const object = await loaded();
      return Reflect.apply(object[name], object, args);
    };
  return Object.fromEntries(names.map((name) => [name, method(name)])) as unknown as Pick<T, Name>;
}

/** A package that is needed and not installed. `message` says what for, and how to install it. */
export class ModuleMissing extends Error {
  override readonly name = "ModuleMissing";
  readonly code = "MODULE_MISSING";
  readonly packageName: string;

  constructor(packageName: string, why: string, cause: unknown) {
    super(`${why} needs the package \`${packageName}\`, which is not installed: npm install ${packageName}`, { cause });
    this.packageName = packageName;
  }
}

/**
 * Imports an optional package.
 *
 * @param specifier the package's name, with a subpath if need be: `pg`, `@aws-sdk/client-s3`
 * @param why what needs it, at the start of a sentence: "Storage on S3"
 * @throws ModuleMissing (code MODULE_MISSING) when it is not installed; what it throws itself is thrown as it is
 */
export async function importOptional<T>(specifier: string, why: string): Promise<T> {
  try {
    return (await import(specifier)) as T;
  } catch (cause) {
    const packageName = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
    if (isMissing(cause, packageName)) throw new ModuleMissing(packageName, why, cause);
    throw cause;
  }
}

/** Whether it is this package that was not found, and not one that it imports. */
function isMissing(error: unknown, packageName: string): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    error.code === "ERR_MODULE_NOT_FOUND" &&
    error.message.includes(`'${packageName}'`)
  );
}
