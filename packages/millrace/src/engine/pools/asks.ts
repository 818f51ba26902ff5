/** What a body asks of the pool's process: methods of the Api and of the vault, called by message. */

import { MillraceError } from "../../contract/errors.ts";
import type { PoolHost } from "../../contract/pools.ts";
import type { AskedService, AskMessage, ReplyMessage } from "./messages.ts";
import { pack, packError, unpack, unpackError } from "./parcel.ts";

/** Answers one; what it throws is in the answer. */
export async function answerAsk(
  host: PoolHost | undefined,
  { ask, service, method, args }: AskMessage,
): Promise<ReplyMessage> {
  try {
    if (host === undefined) throw unreachable(service, method);
    const target: object = service === "vault" ? await host.vault() : host[service];
    const found: unknown = Reflect.get(target, method);
    // The connection belongs to the flow's process.
    if (typeof found !== "function" || method === "close") throw unreachable(service, method);
    return { kind: "reply", ask, outcome: { value: pack(await Reflect.apply(found, target, args)) } };
  } catch (error) {
    return { kind: "reply", ask, outcome: { error: packError(error) } };
  }
}

function unreachable(service: AskedService, method: string): MillraceError {
  const needed = "flow or task that runs in the flow's own process (take what it gives as an argument)";
  return new MillraceError("CONTEXT_MISSING", { api: `${service}.${method}()`, needed });
}

/** The body's side: stands for the services, and matches answers to questions. */
export class Asks {
  readonly #post: (message: AskMessage) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;

  constructor(post: (message: AskMessage) => void) {
    this.#post = post;
  }

  /** An object whose every method is a question, in the name of the call with this id. */
  remote<T extends object>(service: AskedService, id: number): T {
    const call =
      (method: string) =>
      (...args: readonly unknown[]): Promise<unknown> =>
        this.#ask({ id, service, method, args });
    // `then` is no method: a promise must be able to resolve with this.
    return new Proxy(
      {},
      { get: (_, name) => (typeof name === "string" && name !== "then" ? call(name) : undefined) },
    ) as T;
  }

  async #ask(question: Omit<AskMessage, "kind" | "ask">): Promise<unknown> {
    const ask = ++this.#last;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(ask, answer);
    try {
      this.#post({ kind: "ask", ask, ...question });
      return await answer.promise;
    } finally {
      this.#waiting.delete(ask);
    }
  }

  receive({ ask, outcome }: { readonly ask: number; readonly outcome: ReplyMessage["outcome"] }): void {
    const waiting = this.#waiting.get(ask);
    if ("value" in outcome) waiting?.resolve(unpack(outcome.value));
    else waiting?.reject(unpackError(outcome.error));
  }
}
