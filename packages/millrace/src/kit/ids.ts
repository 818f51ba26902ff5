/** Identifiers: time-ordered UUIDs, UUIDs derived from a text, and short ones for names. */

import { systemClock } from "./clock.ts";
import { createUint32s } from "./random.ts";
import { crypto, sha256 } from "./sha256.ts";

export interface Ids {
  /**
   * A UUID version 7 (RFC 9562). Ids of one source rise, also within a ms and when the clock goes back by less than 10 s.
   * `now` is in ms since the epoch; default: the source's clock.
   */
  readonly uuidv7: (now?: number) => string;
  /** `length` characters (default 12, 5 bits each) of digits and lower-case letters that are not mistaken for others. */
  readonly shortId: (length?: number) => string;
}

/** Steps back of the clock up to this are ignored, so that ids keep rising; a longer one is followed. In ms. */
const maxStepBackMs = 10_000;

/**
 * A ms is followed by a counter of 26 bits (RFC 9562, 6.2, method 1) that starts at random in its lower half, and by 48
 * random bits.
 */
const counterBits = 26;
const counterStarts = 2 ** (counterBits - 1);
const counterEnd = 2 ** counterBits;

const hexOfByte: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** A source of ids. With a `seed` they are the same in each run, for tests. */
export function createIds(options: { readonly seed?: number | string; readonly now?: () => number } = {}): Ids {
  const { seed, now: clock = () => systemClock.now() } = options;
  const nextUint32 = seed === undefined ? createPool() : createUint32s(seed);
  let lastMs = -1;
  let prefix = "";
  let counter = 0;

  const startMs = (ms: number): void => {
    lastMs = ms;
    const hex = ms.toString(16).padStart(12, "0");
    prefix = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
    counter = nextUint32() % counterStarts;
  };

  return {
    uuidv7(now = clock()) {
      const ms = Math.floor(now);
      if (ms > lastMs || lastMs - ms > maxStepBackMs) startMs(ms);
      else if (++counter === counterEnd) startMs(lastMs + 1);
      const high = counter >>> 14;
      const low = counter & 0x3fff;
      const one = nextUint32();
      const two = nextUint32();
      return `${prefix}${digit(high >>> 8)}${byte(high)}-${byte(0x80 | (low >>> 8))}${byte(low)}-${byte(one)}${byte(one >>> 8)}${byte(one >>> 16)}${byte(one >>> 24)}${byte(two)}${byte(two >>> 8)}`;
    },
    shortId(length = 12) {
      let id = "";
      let bits = 0;
      for (let index = 0; index < length; index++) {
        if (index % 6 === 0) bits = nextUint32();
        id += alphabet[bits & 31];
        bits >>>= 5;
      }
      return id;
    },
  };
}

function byte(value: number): string {
  return hexOfByte[value & 0xff] as string;
}

function digit(value: number): string {
  return alphabet[value & 0xf] as string;
}

/** Random numbers of 32 bits, drawn from the system many at a time. */
function createPool(): () => number {
  const pool = new Uint32Array(1024);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      crypto().randomFillSync(pool);
      used = 0;
    }
    return pool[used++] as number;
  };
}

let ids = createIds();

/** A UUID version 7 of this process; see {@link Ids.uuidv7}. */
export const uuidv7: Ids["uuidv7"] = (now) => ids.uuidv7(now);

/** A short random id; see {@link Ids.shortId}. */
export const shortId: Ids["shortId"] = (length) => ids.shortId(length);

/** For a test that owns all ids: until what is returned is called, this process's are those of `source`. */
export function replaceIds(source: Ids): () => void {
  const before = ids;
  ids = source;
  return () => {
    ids = before;
  };
}

/** The UUID of a text, always the same: the first bits of its SHA-256 in the layout of version 8 (RFC 9562, 5.8). */
export function uuidFromHash(text: string): string {
  const hex = sha256(text, "hex");
  const variant = alphabet[8 | (Number.parseInt(hex[16] as string, 16) & 3)] as string;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
