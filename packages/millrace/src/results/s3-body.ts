/** The body of an answer of S3, which may stop coming in the middle. */

import type { Clock } from "../kit/clock.ts";
import { formatDuration } from "../kit/duration.ts";

/** What the AWS SDK gives under Node. */
export interface S3Body extends AsyncIterable<Uint8Array> {
  destroy(error: Error): unknown;
}

/** The chunks as they come. Whoever takes them may take any time for each; the service may not: the body ends with an error then. */
export async function* withoutSilence(
  body: S3Body,
  { limitMs, clock }: { readonly limitMs: number; readonly clock: Clock },
): AsyncGenerator<Uint8Array, void, undefined> {
  const silence = (): void => {
    body.destroy(new Error(`nothing more of it came within ${formatDuration(limitMs)}`));
  };
  let timer = clock.setTimer(limitMs, silence);
  try {
    for await (const chunk of body) {
      timer.cancel();
      yield chunk;
      timer = clock.setTimer(limitMs, silence);
    }
  } finally {
    timer.cancel();
  }
}
