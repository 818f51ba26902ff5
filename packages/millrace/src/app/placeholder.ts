/** What stands for a task's result in a dry run: any property of it, and any call of it, is again what stands for it. */

const origins = new WeakMap<object, string>();

/** The id of the call that a placeholder stands for; null for anything else. */
export function isPlaceholder(value: unknown): string | null {
  if (typeof value !== "function" && (typeof value !== "object" || value === null)) return null;
  return origins.get(value) ?? null;
}

/** Counts as 0, as an empty list and as the text `‹id›`; it is never a promise. */
export function placeholder(id: string): unknown {
  const made: unknown = new Proxy(function placeholder() {}, {
    get: (_, name) => {
      if (name === "then" || name === "toJSON") return undefined;
      if (name === Symbol.toPrimitive) return (hint: string) => (hint === "number" ? 0 : `‹${id}›`);
      if (name === Symbol.iterator) return () => [][Symbol.iterator]();
      if (typeof name === "symbol") return undefined;
      if (name === "length") return 0;
      return made;
    },
    apply: () => made,
    has: () => false,
    ownKeys: () => ["prototype"],
  });
  origins.set(made as object, id);
  return made;
}
