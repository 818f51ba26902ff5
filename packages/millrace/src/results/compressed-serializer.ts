/** Results that are compressed before they are kept. */

import { gunzipSync, gzipSync } from "node:zlib";
import type { ResultSerializer } from "../contract/results.ts";

/**
 * What another serializer writes, as gzip: `compressed(createJsonSerializer())` is named "json+gzip". Compressing 1 MB
 * holds the event loop for some 20 ms; it pays for large texts in a storage that is far away.
 */
export function compressed(serializer: ResultSerializer): ResultSerializer {
  return {
    name: `${serializer.name}+gzip`,
    encode: (value) => gzipSync(serializer.encode(value)),
    decode: (content) => serializer.decode(gunzipSync(content)),
  };
}
