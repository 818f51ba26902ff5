import type { ResultSerializer } from "../contract/results.ts";

/**
 * The serializer with its streams, which a copy does not have: an encode that somebody puts over it, as in
 * `{ ...json(), encode }`, is then asked for long values too.
 */
export function withStreams(
  serializer: ResultSerializer,
  streams: Pick<ResultSerializer, "encodeStream" | "decodeStream">,
): ResultSerializer {
  return Object.assign(Object.create(streams) as ResultSerializer, serializer);
}
