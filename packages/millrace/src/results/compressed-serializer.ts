/** Results that are compressed before they are kept. */

import { pipeline, Readable, type Transform } from "node:stream";
import { createGunzip, createGzip, gunzipSync, gzipSync } from "node:zlib";
import type { ResultSerializer } from "../contract/results.ts";
import { collect } from "./content-hash.ts";
import { withStreams } from "./with-streams.ts";

/**
 * What another serializer writes, as gzip: `compressed(json())` is named "json+gzip". Compressing 1 MB
 * holds the event loop for some 20 ms, but for what the other serializer streams, which is compressed beside it; it pays for
 * large texts in a storage that is far away.
 */
export function compressed(serializer: ResultSerializer): ResultSerializer {
  return withStreams(
    {
      name: `${serializer.name}+gzip`,
      encode: (value) => gzipSync(serializer.encode(value)),
      decode: (content) => serializer.decode(gunzipSync(content)),
    },
    {
      encodeStream(value) {
        const chunks = serializer.encodeStream?.(value) ?? null;
        return chunks === null ? null : through(chunks, createGzip());
      },
      async decodeStream(chunks) {
        const unpacked = through(chunks, createGunzip());
        try {
          if (serializer.decodeStream !== undefined) return await serializer.decodeStream(unpacked);
          return serializer.decode(await collect(unpacked));
        } finally {
          // A serializer that gives up early leaves the chunks open, and the file that they are of.
          unpacked.destroy();
        }
      },
    },
  );
}

/** The chunks as the transform makes them; an error of the source ends it as it is, and its end lets the source go. */
function through(chunks: AsyncIterable<Uint8Array>, transform: Transform): Transform & AsyncIterable<Uint8Array> {
  // Whoever reads the chunks is told of an error by them.
  return pipeline(Readable.from(chunks), transform, () => undefined);
}
