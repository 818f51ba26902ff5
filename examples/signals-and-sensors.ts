/**
 * Signals are values that are sent to a run while it runs; sensors wait for something outside: a file, a server, a
 * condition. Waits hold no thread, and a resumed run is given what it had waited for.
 *
 *   node examples/signals-and-sensors.ts
 */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flow, signal, task, waitForFile, waitForHttp } from "millrace";
import { z } from "zod";

export const order = signal("order", { schema: z.object({ item: z.string(), amount: z.int().positive() }) });
export const closing = signal<string>("closing");

const pack = task(
  { name: "pack", runName: "pack {item}" },
  async (item: string, amount: number) => `${amount} ${item}`,
);

/** Told who runs, so that the example knows where to send its orders. */
const opened = Promise.withResolvers<string>();

export const shop = flow(
  { name: "shop", onRunning: ({ run }) => opened.resolve(run.id) },
  async ({ priceList, server }: { priceList: string; server: string }) => {
    // Both must be there before the shop opens; they are looked for every 50 ms.
    const [{ sizeBytes }] = await Promise.all([
      waitForFile(priceList, { every: "50ms", timeout: "1m" }),
      waitForHttp(server, { every: "50ms", timeout: "1m" }),
    ]);
    const packed: string[] = [];
    for (let left = 2; left > 0; left--) {
      const { item, amount } = await order.wait({ timeout: "1h" });
      packed.push(await pack(item, amount));
    }
    return `price list of ${sizeBytes} bytes, ${packed.join(" and ")}: ${await closing.wait()}`;
  },
);

if (import.meta.main) {
  const folder = await mkdtemp(join(tmpdir(), "millrace-shop-"));
  let isReady = false;
  const server = createServer((_, response) => response.writeHead(isReady ? 200 : 503).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const priceList = join(folder, "prices.csv");
  const day = shop({ priceList, server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const runId = await opened.promise;

  await order.send(runId, { item: "loaves", amount: 3 }); // early: it is kept until the run waits for it
  await writeFile(priceList, "loaf,3.20\n");
  isReady = true;
  await order.send(runId, { item: "rolls", amount: 12 });
  await closing.send(runId, "done for today");

  console.log(await day);
  server.close();
  await rm(folder, { recursive: true });
}
