/**
 * Requests of an API that are made of its own description: first as it says, then with something in them that nobody means to
 * send. Whatever comes is answered, and never by a failure of the server. MILLRACE_PROPERTY_FACTOR multiplies the cases.
 */

import { afterAll, beforeAll, expect, test } from "vitest";
import { type OverHttp, startOverHttp } from "../../client/over-http.testsuite.ts";
import type { Store } from "../../contract/store.ts";
import { systemClock } from "../../kit/clock.ts";
import { createRandom, type Random } from "../../kit/random.ts";
import { createService } from "../../service/create-service.ts";
import { makeLedger } from "../../store/ledger-under-test.testsuite.ts";
import type { JsonSchema } from "./openapi-schema.ts";
import { createSchemaSampler, spoil } from "./schema-sampler.testsuite.ts";

const factor = Number(process.env.MILLRACE_PROPERTY_FACTOR ?? 1);

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: JsonSchema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface HostileBodiesOptions {
  /** Its OpenAPI description. */
  readonly description: object;
  /** What its paths come after. */
  readonly prefix: string;
  /** Of each route. */
  readonly cases: number;
  /** What is wrong with an answer that is no failure; null where nothing is. It may throw for what it cannot read. */
  readonly judge: (answer: { readonly response: Response; readonly text: string }) => string | null;
}

/** What waits for something, or has no end: a test of each has its own place. */
const waiting = /events\/stream|follow/;

export function testHostileBodies({ description, prefix, cases, judge }: HostileBodiesOptions): void {
  const document = description as Description;
  const operations = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs)
      .filter(() => !waiting.test(path))
      .map(([verb, operation]) => ({ verb: verb.toUpperCase(), path, operation })),
  );
  let over: OverHttp;
  let store: Store;
  let remove: () => Promise<void>;
  const failures: string[] = [];

  beforeAll(async () => {
    const ledger = await makeLedger();
    store = await ledger.open();
    remove = () => ledger.remove();
    over = await startOverHttp(createService({ store, clock: systemClock }), {
      server: { checksAnswers: true, onFailure: ({ error }) => failures.push(String((error as Error).stack)) },
    });
  });

  afterAll(async () => {
    await over.server.close();
    await store.close();
    await remove();
  });

  async function ask(
    { verb, path, operation }: (typeof operations)[number],
    random: Random,
    isSpoilt: boolean,
  ): Promise<string | null> {
    const sample = createSchemaSampler(document, random);
    const given = (schema: JsonSchema): unknown => {
      const value = sample(schema);
      return isSpoilt ? spoil(value, random) : value;
    };
    const toText = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
    const query = new URLSearchParams();
    let url = path;
    for (const { name, in: place, schema } of operation.parameters ?? []) {
      const text = toText(given(schema)).toWellFormed();
      if (place === "path") url = url.replace(`{${name}}`, encodeURIComponent(text === "" ? "x" : text));
      else if (random() < 0.7) query.set(name, text);
    }
    const schema = operation.requestBody?.content["application/json"]?.schema;
    const body = schema === undefined ? undefined : JSON.stringify(given(schema));
    const address = `${over.url}${prefix}${url}${query.size > 0 ? `?${query.toString()}` : ""}`;
    const response = await fetch(address, {
      method: verb,
      ...(body === undefined || verb === "GET" ? {} : { headers: { "content-type": "application/json" }, body }),
    });
    const text = await response.text();
    const what = `${verb} ${url.slice(0, 200)}?${String(query).slice(0, 200)} ${body?.slice(0, 1500) ?? ""}`;
    if (response.status >= 500) return `${response.status} ${text.slice(0, 300)} to ${what}`;
    const found = judge({ response, text });
    return found === null ? null : `${found} to ${what}`;
  }

  test("every route answers whatever is sent to it", { timeout: 60_000 * Math.max(1, factor) }, async () => {
    const prototype = Object.getOwnPropertyNames(Object.prototype).toSorted();
    const wrong: string[] = [];
    let count = 0;
    for (const [at, operation] of operations.entries()) {
      const random = createRandom(at + 1);
      for (let nth = 0; nth < cases * factor; nth++) {
        const found = await ask(operation, random, nth % 3 !== 0);
        count++;
        if (found !== null) wrong.push(`${operation.operation.operationId}: ${found}`);
      }
    }
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(1000);
    expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(prototype);
  });
}
