/**
 * Mapping: one task call for each item, all at once, at most as many as the flow's runner allows. The futures go into
 * the next task as they are: it waits for them, and the ledger knows what came from what.
 *
 *   node examples/mapping.ts
 */

import { setTimeout as sleep } from "node:timers/promises";
import { allowFailure, concurrent, flow, task, unmapped } from "millrace";

const resize = task({ name: "resize", runName: "resize {image}" }, async (image: string, width: number) => {
  await sleep(50);
  if (image.endsWith(".txt")) throw new Error(`${image} is no image`);
  return { image, width };
});

const compress = task(
  { name: "compress" },
  async ({ image, width }: { image: string; width: number }) => `${width}/${image}.webp`,
);

const publish = task({ name: "publish" }, (pages: readonly unknown[]) => {
  const failures = pages.filter((page) => page instanceof Error);
  return { published: pages.length - failures.length, failures: failures.map((failure) => failure.message) };
});

export const gallery = flow(
  { name: "gallery", taskRunner: concurrent({ limit: 8 }) },
  async ({ images }: { images: string[] }) => {
    const resized = resize.map(images, unmapped(640));
    const compressed = compress.map(resized);
    return await publish(compressed.map((page) => allowFailure(page)));
  },
);

if (import.meta.main) {
  const images = Array.from({ length: 40 }, (_, at) => (at === 13 ? "notes.txt" : `photo-${at}.jpg`));
  console.log(await gallery({ images }));
}
