/**
 * Passwords: scrypt (RFC 7914) with the parameters that OWASP's password storage cheat sheet asks for, kept as
 * `scrypt.<log2 N>.<r>.<p>.<salt>.<hash>`, so that they can be raised without breaking what is kept.
 */

import type { ScryptOptions } from "node:crypto";
import { secretBytes } from "../../kit/random.ts";
import { crypto } from "../../kit/sha256.ts";

const current = { log2N: 16, r: 8, p: 2 } as const;
const hashBytes = 32;
const saltBytes = 16;

/** Some 150 ms of a thread. */
export async function hashPassword(password: string): Promise<string> {
  const salt = Buffer.from(secretBytes(saltBytes));
  const hash = await derive(password, salt, current);
  const { log2N, r, p } = current;
  return ["scrypt", log2N, r, p, salt.toString("base64url"), hash.toString("base64url")].join(".");
}

/** Takes as long for an account that is not there, or that has no password: then it is false. */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  const parsed = kept === null ? null : parse(kept);
  const { salt, hash, ...parameters } = parsed ?? { ...current, salt: Buffer.alloc(saltBytes), hash: null };
  const given = await derive(password, salt, parameters);
  return hash !== null && hash.length === given.length && crypto().timingSafeEqual(hash, given);
}

interface Parameters {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

function parse(kept: string): (Parameters & { readonly salt: Buffer; readonly hash: Buffer }) | null {
  const [, log2N, r, p, salt, hash] = /^scrypt\.(\d{1,2})\.(\d{1,2})\.(\d{1,2})\.([\w-]+)\.([\w-]+)$/.exec(kept) ?? [];
  if (salt === undefined || hash === undefined) return null;
  return {
    log2N: Number(log2N),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, "base64url"),
    hash: Buffer.from(hash, "base64url"),
  };
}

function derive(password: string, salt: Buffer, { log2N, r, p }: Parameters): Promise<Buffer> {
  const cost = 2 ** log2N;
  const options: ScryptOptions = { N: cost, r, p, maxmem: 256 * cost * r };
  // As it was meant, however it was typed.
  const text = password.normalize("NFKC");
  return new Promise((resolve, reject) => {
    crypto().scrypt(text, salt, hashBytes, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
