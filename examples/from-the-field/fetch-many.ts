/**
 * Fetching several URLs concurrently, by `Promise.all` over plain task calls.
 *
 *   node examples/from-the-field/fetch-many.ts    (asks a server of its own; give URLs as arguments for real ones)
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { flow, task } from "millrace";

const fetchUrl = task({ name: "fetch-url", retries: 2 }, async (url: string) => (await fetch(url)).text());

export const fetchMany = flow({ name: "fetch-many" }, async ({ urls }: { urls: string[] }) => {
  const pages = await Promise.all(urls.map((url) => fetchUrl(url)));
  return pages.map((page) => page.length);
});

if (import.meta.main) {
  const server = createServer((request, response) => response.end(`This is ${request.url}`));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const given = process.argv.slice(2);
  const urls = given.length > 0 ? given : ["/", "/get"].map((path) => `http://127.0.0.1:${port}${path}`);
  console.log(await fetchMany({ urls }));
  server.close();
}
