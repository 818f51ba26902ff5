/** The one source of chance, so that a test can own it; and apart from it, chance that nobody can guess. */

import { crypto } from "./sha256.ts";

/** A number in [0, 1). Not for secrets. */
export type Random = () => number;

let current: Random = () => Math.random();

export const systemRandom: Random = () => current();

/** For a test that owns all chance: until what is returned is called, `systemRandom` draws from `random`. */
export function replaceSystemRandom(random: Random): () => void {
  const before = current;
  current = random;
  return () => {
    current = before;
  };
}

/**
 * A source that gives the same numbers for the same seed.
 * xoshiro128** of Blackman and Vigna (https://prng.di.unimi.it), seeded by splitmix32.
 */
export function createRandom(seed: number | string): Random {
  const next = createUint32s(seed);
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

/** The same source, as whole numbers of 32 bits. */
export function createUint32s(seed: number | string): () => number {
  let state = typeof seed === "number" ? foldNumber(seed) : foldText(seed);
  const splitmix = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()];
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result >>> 0;
  };
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function foldNumber(seed: number): number {
  return Number.isInteger(seed) ? (seed ^ Math.floor(seed / 2 ** 32)) | 0 : foldText(String(seed));
}

/** FNV-1a over UTF-16 units. */
function foldText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash | 0;
}

/** A whole number in [0, below). */
export function randomInt(random: Random, below: number): number {
  return Math.floor(random() * below);
}

/** One of the items, which must not be empty. */
export function pick<T>(random: Random, items: readonly T[]): T {
  if (items.length === 0) throw new RangeError("pick() needs at least one item");
  return items[randomInt(random, items.length)] as T;
}

/** Bytes for keys and nonces, from the system's cryptographic source. */
export function secretBytes(sizeBytes: number): Uint8Array {
  return crypto().randomBytes(sizeBytes);
}
