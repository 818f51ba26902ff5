/**
 * Fetching many URLs at once: submitted tasks run concurrently, here at most ten at a time, each with its own timeout
 * and retries. One slow page does not hold the others up.
 *
 *   node examples/fetch-many.ts
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { concurrent, context, flow, task } from "millrace";

const fetchPage = task({ name: "fetch-page", retries: 2, retryDelay: "100ms", timeout: "5s" }, async (url: string) => {
  const response = await fetch(url, { signal: context().signal });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return { url, bytes: (await response.arrayBuffer()).byteLength };
});

export const fetchMany = flow(
  { name: "fetch-many", taskRunner: concurrent({ limit: 10 }) },
  async ({ urls }: { urls: string[] }) => {
    const pages = await Promise.all(fetchPage.map(urls));
    return { pages: pages.length, bytes: pages.reduce((sum, page) => sum + page.bytes, 0) };
  },
);

if (import.meta.main) {
  let open = 0;
  let mostOpen = 0;
  const server = createServer((_, response) => {
    mostOpen = Math.max(mostOpen, ++open);
    setTimeout(() => response.end("x".repeat(1000), () => open--), 30);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const { port } = server.address() as AddressInfo;
  const urls = Array.from({ length: 100 }, (_, page) => `http://127.0.0.1:${port}/page/${page}`);
  console.log(await fetchMany({ urls }), `at most ${mostOpen} at once`);
  server.close();
}
