/**
 * Retries: a source that fails now and then, and one that is not worth asking twice. Delays are one duration, a list,
 * or a function of the attempt; `exponential` grows them; `retryIf` decides which errors deserve another try.
 *
 *   node examples/retries.ts
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { context, flow, logger, task } from "millrace";

class HttpError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

async function get(url: string): Promise<string> {
  const response = await fetch(url, { signal: context().signal });
  if (!response.ok) throw new HttpError(response.status);
  return await response.text();
}

const fetchPrices = task(
  { name: "fetch-prices", retries: 3, retryDelay: ["50ms", "200ms", "1s"] },
  async (url: string) => {
    logger().info(`attempt ${context().taskRun?.attempt}`);
    return await get(url);
  },
);

const fetchArchive = task(
  {
    name: "fetch-archive",
    retries: 5,
    retryDelay: (attempt) => 50 * 2 ** attempt,
    retryJitter: 0.5,
    retryIf: (error) => !(error instanceof HttpError && error.status < 500),
    fallback: { value: "the archive is empty" },
  },
  get,
);

export const prices = flow({ name: "prices" }, async ({ source }: { source: string }) => {
  const [today, archive] = await Promise.all([fetchPrices(`${source}/today`), fetchArchive(`${source}/archive`)]);
  return { today, archive };
});

if (import.meta.main) {
  // A server that is down for the first two requests of each page, and has no archive.
  const requests: Record<string, number> = {};
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    requests[path] = (requests[path] ?? 0) + 1;
    response.statusCode = path === "/archive" ? 404 : requests[path] <= 2 ? 503 : 200;
    response.end("bread 3.20, milk 1.10");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  console.log(await prices({ source: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
  console.log("Requests made:", requests);
  server.close();
}
