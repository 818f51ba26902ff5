/** The least of a client of Prefect's REST API: JSON over connections that are kept open, and no retries. */

import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

type Ask = <Answer>(verb: "GET" | "POST", path: string, body?: unknown) => Promise<Answer>;

export interface PrefectApi {
  /** Where events are sent to, as a WebSocket. */
  readonly eventsUrl: string;
  /** Throws RefusedError where the answer is no success. */
  readonly ask: Ask;
  /** The same again and again, as long as a server that is busy refuses it: for what is not measured. */
  readonly insist: Ask;
  readonly close: () => void;
}

/** An answer that is no success, or none in time. */
export class RefusedError extends Error {}

const answerLimitMs = 60_000;
const insistAttempts = 60;
const insistAfterMs = 500;

/** @param apiUrl such as http://127.0.0.1:4200/api */
export function openPrefectApi(apiUrl: string): PrefectApi {
  const agent = new Agent({ keepAlive: true });
  const askOnce: Ask = (verb, path, body) => ask({ agent, verb, url: `${apiUrl}${path}`, body });
  return {
    eventsUrl: `${apiUrl.replace(/^http/, "ws")}/events/in`,
    ask: askOnce,
    async insist(verb, path, body) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await askOnce(verb, path, body);
        } catch (error) {
          if (!(error instanceof RefusedError) || attempt === insistAttempts) throw error;
          await sleep(insistAfterMs);
        }
      }
    },
    close: () => agent.destroy(),
  };
}

interface Question {
  readonly agent: Agent;
  readonly verb: string;
  readonly url: string;
  readonly body: unknown;
}

function ask<Answer>({ agent, verb, url, body }: Question): Promise<Answer> {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const headers =
    sent === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(sent) };
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new RefusedError(`${verb} ${url}: ${why}`));
    const asked = request(url, { agent, method: verb, headers, timeout: answerLimitMs }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", ({ message }) => fail(message));
      answer.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const status = answer.statusCode ?? 0;
        if (status < 200 || status > 299) fail(`${status} ${text.slice(0, 300)}`);
        else resolve((text === "" ? undefined : JSON.parse(text)) as Answer);
      });
    });
    asked.on("timeout", () => asked.destroy(new Error(`no answer in ${answerLimitMs} ms`)));
    asked.on("error", ({ message }) => fail(message));
    asked.end(sent);
  });
}
