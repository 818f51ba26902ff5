/** SHA-256. node:crypto takes milliseconds to load, so it is loaded by the first hash and not by an import. */

import type * as NodeCrypto from "node:crypto";

type Crypto = typeof NodeCrypto;

let loaded: Crypto | undefined;

/** node:crypto, loaded when it is first needed. */
export function crypto(): Crypto {
  loaded ??= process.getBuiltinModule("node:crypto");
  return loaded;
}

export function sha256(content: string | Uint8Array, encoding: "hex" | "base64url"): string {
  return crypto().hash("sha256", content, encoding);
}
