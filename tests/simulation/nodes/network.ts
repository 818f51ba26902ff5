/**
 * The network between processes and servers, as `fetch` shows it. A request goes to one of the servers that are up. It is late,
 * or lost; the connection breaks before the request has arrived, or after it was done; something on the way sends it twice
 * where that is allowed; a process is cut off for a while.
 */

import type { Random } from "../../../packages/millrace/src/kit/random.ts";
import { pick } from "../../../packages/millrace/src/kit/random.ts";
import type { Faults } from "../world/faults.ts";
import type { World } from "../world/world.ts";
import { type Asked, readRequest, type WireAnswer } from "./routes.ts";
import type { SimProcess } from "./sim-process.ts";

/** What the network sees of a server. */
export interface Listener {
  readonly process: SimProcess;
  answer(asked: Asked): Promise<WireAnswer>;
}

export interface Network {
  /** Where all servers are, as behind a load balancer. */
  readonly url: string;
  readonly listeners: Set<Listener>;
  fetchFor(process: SimProcess): typeof fetch;
  /** By a connection that is open: an event of a stream. */
  tell(process: SimProcess, run: () => void): void;
  /** Nothing comes through to this process, or from it, for so long. */
  cutOff(process: SimProcess, ms: number): void;
}

const url = "http://127.0.0.1:4270";

const reset = (): TypeError =>
  new TypeError("fetch failed", { cause: { code: "ECONNRESET", message: "read ECONNRESET" } });
const refused = (): TypeError =>
  new TypeError("fetch failed", { cause: { code: "ECONNREFUSED", message: "connect ECONNREFUSED" } });

export function createNetwork(world: World, faults: Faults): Network {
  const listeners = new Set<Listener>();
  const cutUntil = new Map<string, number>();
  const random: Random = world.random("network");

  /** Mostly within a ms or two. */
  function latencyMs(): number {
    if (faults.strikes("a message is late", 0.02)) return 5000 * faults.draw();
    return 0.1 + 2 * random() * random();
  }

  const isCut = ({ name }: SimProcess): boolean => (cutUntil.get(name) ?? 0) > world.elapsedMs;

  function deliver(
    process: SimProcess,
    asked: Asked,
    { resolve, reject }: { readonly resolve: (answer: WireAnswer) => void; readonly reject: (error: Error) => void },
  ): void {
    const toProcess = (run: () => void): void => {
      world.after(latencyMs(), () => {
        if (isCut(process)) return;
        process.wake(run);
      });
    };
    if (isCut(process) || faults.strikes("a request is lost", 0.01)) return;
    world.after(latencyMs(), () => {
      if (isCut(process)) return;
      const up = [...listeners].filter((listener) => !listener.process.isDead);
      if (up.length === 0) return toProcess(() => reject(refused()));
      if (faults.strikes("a connection breaks before the request is read", 0.01))
        return toProcess(() => reject(reset()));
      const server = pick(random, up);
      const answered = server.process.onDeath(() => toProcess(() => reject(reset())));
      world.trace.add(`${process.name} asks ${server.process.name} to ${asked.method}`);
      server.process.wake(() => {
        void server.answer(asked).then((answer) => {
          answered();
          if (server.process.isDead) return;
          if (faults.strikes("an answer is lost", 0.02)) {
            if (faults.draw() < 0.5) toProcess(() => reject(reset()));
            return;
          }
          toProcess(() => resolve(answer));
        });
      });
    });
    if (asked.isIdempotent && faults.strikes("a request is sent twice on its way", 0.02)) {
      world.after(3000 * faults.draw(), () => {
        const [server] = [...listeners].filter((listener) => !listener.process.isDead);
        server?.process.wake(() => void server.answer(asked));
      });
    }
  }

  return {
    url,
    listeners,
    tell(process, run) {
      if (faults.strikes("an event is not told", 0.2)) return;
      world.after(latencyMs(), () => {
        if (!isCut(process)) process.wake(run);
      });
    },
    cutOff(process, ms) {
      world.trace.add(`${process.name} is cut off for ${Math.round(ms)} ms`);
      cutUntil.set(process.name, world.elapsedMs + ms);
    },
    fetchFor: (process) => (input, init) =>
      new Promise((resolve, reject) => {
        const { method = "GET", body = null, signal } = init ?? {};
        const path = (input as string).slice(url.length);
        const asked = readRequest({ verb: method, path, body: body as string | null });
        signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        deliver(process, asked, { resolve: (answer) => resolve(toResponse(answer)), reject });
      }),
  };
}

/** As much of a response as a client reads. */
function toResponse({ status, body }: WireAnswer): Response {
  const headers = new Map(status === 503 ? [["retry-after", "1"]] : []);
  const answer = {
    status,
    ok: status < 400,
    headers: { get: (name: string) => headers.get(name) ?? null, has: (name: string) => headers.has(name) },
    // It is there as a whole.
    body: null,
    text: async () => body ?? "",
  };
  return answer as unknown as Response;
}
