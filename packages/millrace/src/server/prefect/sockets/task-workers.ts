import type { Clock } from "../../../kit/clock.ts";

/** Who serves tasks over this server's sockets now. */
export interface TaskWorkers {
  see(client: string, keys: readonly string[]): void;
  forget(client: string): void;
  /** Those that serve one of the keys; all of them where none is given. */
  list(
    keys: readonly string[],
  ): readonly { readonly client: string; readonly keys: readonly string[]; readonly at: number }[];
}

export function createTaskWorkers(clock: Pick<Clock, "now">): TaskWorkers {
  const seen = new Map<string, { readonly keys: readonly string[]; readonly at: number }>();
  return {
    see: (client, keys) => void seen.set(client, { keys, at: clock.now() }),
    forget: (client) => void seen.delete(client),
    list: (keys) =>
      [...seen]
        .filter(([, worker]) => keys.length === 0 || worker.keys.some((key) => keys.includes(key)))
        .map(([client, worker]) => ({ client, ...worker })),
  };
}
