/** A service elsewhere, which tells back all that it is sent and takes none of it: for notifications, webhooks, Git and S3. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Outside {
  readonly url: string;
  /** Each request that came, as it was told back. */
  readonly told: readonly string[];
}

export async function startOutside(): Promise<Outside> {
  const told: string[] = [];
  const server = createServer((request, response) => {
    void Array.fromAsync(request).then((chunks) => {
      const body = Buffer.concat(chunks as Buffer[]).toString();
      const { method, url, headers } = request;
      const text = JSON.stringify({ method, url, headers, body });
      told.push(text);
      response.writeHead(url?.includes("/taken") ? 200 : 403, { "content-type": "text/plain" }).end(text);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, told };
}
