/** The values of a dry run: futures, the items of maps, what depends on what, and how it is shown. */

import { brands, type TaskFuture } from "../contract/runtime.ts";
import { previewValue } from "../kit/preview.ts";
import { isPlaceholder } from "./placeholder.ts";

/** The arguments of each call of a map: as many as there are items, or one where the items come from a call. */
export function itemsOf(args: readonly unknown[]): readonly (readonly unknown[])[] {
  const columns = args.map((arg) => (isMappedOver(arg) ? [...arg] : null));
  const length = columns.find((column) => column !== null)?.length ?? 1;
  return Array.from({ length }, (_, at) =>
    args.map((arg, place) => {
      const column = columns[place];
      return column === null || column === undefined ? unwrap(arg) : column[at];
    }),
  );
}

function isMappedOver(arg: unknown): arg is Iterable<unknown> {
  return typeof arg === "object" && arg !== null && !(brands.unmapped in arg) && Symbol.iterator in arg;
}

/** The value of `unmapped()`. */
function unwrap(arg: unknown): unknown {
  return typeof arg === "object" && arg !== null && brands.unmapped in arg ? (arg as unknown as Wrapped).value : arg;
}

interface Wrapped {
  readonly value: unknown;
}

export function plannedFuture(taskName: string, value: unknown): TaskFuture {
  const future = {
    [brands.future]: true,
    planned: value,
    taskRunId: null,
    taskName,
    state: { type: "PENDING", name: "Pending", at: 0 } as const,
    wait: async () => future.state,
    result: async () => value,
    cancel: () => undefined,
    // biome-ignore lint/suspicious/noThenProperty: a future is awaited like a promise
    then: (onValue?: ((value: unknown) => unknown) | null) => Promise.resolve(value).then(onValue),
  };
  return future as unknown as TaskFuture;
}

/** Words of a step, which are shown as they are and not as a quoted text. */
class Words {
  readonly words: string;

  constructor(words: string) {
    this.words = words;
  }
}

export function text(words: string): Words {
  return new Words(words);
}

/** The calls whose placeholders are among the arguments, also nested. */
export function dependenciesOf(value: unknown, seen: Set<unknown>): readonly string[] {
  const id = isPlaceholder(value);
  if (id !== null) return [id];
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  if (brands.future in value) return dependenciesOf((value as unknown as { planned?: unknown }).planned, seen);
  return Object.values(value).flatMap((item) => dependenciesOf(item, seen));
}

export function show(value: unknown): string {
  const id = isPlaceholder(value);
  if (id !== null) return `‹${id}›`;
  if (value instanceof Words) return value.words;
  if (typeof value === "object" && value !== null && "planned" in value) return show(value.planned);
  return Array.isArray(value)
    ? `[${value.slice(0, 5).map(show).join(", ")}${value.length > 5 ? ", …" : ""}]`
    : previewValue(value);
}
