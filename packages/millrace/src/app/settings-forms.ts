/** What settings may look like as a text, and what is read from it. Each throws a RangeError that says what would be right. */

import { isIP } from "node:net";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { roles } from "../contract/access.ts";
import { type Duration, toMs } from "../kit/duration.ts";
import { parseS3Url } from "./s3-url.ts";

export function oneOf<const T extends string>(...choices: readonly T[]): (text: string) => T {
  return (text) => {
    const choice = choices.find((each) => each === text);
    if (choice === undefined) throw new RangeError(`\`${text}\` is not one of ${choices.join(", ")}`);
    return choice;
  };
}

export function wholeNumber({ min, max }: { readonly min: number; readonly max: number }): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new RangeError(`\`${text}\` is not a whole number from ${min} to ${max}`);
  };
}

const sizeForm = /^(\d+)\s*(B|KB|KiB|MB|MiB)?$/i;
const bytesOfUnit: Readonly<Record<string, number>> = { b: 1, kb: 1000, kib: 1024, mb: 1000 ** 2, mib: 1024 ** 2 };

/** In bytes. */
export function size({ max }: { readonly max: string }): (text: string) => number {
  return (text) => {
    const bytes = toBytes(text);
    if (bytes <= toBytes(max)) return bytes;
    throw new RangeError(`\`${text}\` is not a size up to ${max}: write for example 16384 (bytes) or 16KiB`);
  };
}

function toBytes(text: string): number {
  const [, count, unit = "b"] = sizeForm.exec(text) ?? [];
  return count === undefined ? Number.NaN : Number(count) * (bytesOfUnit[unit.toLowerCase()] ?? Number.NaN);
}

/** In ms; a bare number is ms. */
export function duration({ min, max }: { readonly min: Duration; readonly max: Duration }): (text: string) => number {
  return (text) => {
    const ms = toMs(/^\d+(\.\d+)?$/.test(text) ? Number(text) : (text as Duration));
    if (ms >= toMs(min) && ms <= toMs(max)) return ms;
    throw new RangeError(`\`${text}\` is not from ${min} to ${max}`);
  };
}

/** An absolute path; `~` is the home folder of the person. */
export function toFolder(text: string, base: string): string {
  if (text !== "~" && !/^~[/\\]/.test(text)) return resolve(base, text);
  try {
    return join(homedir(), text.slice(1));
  } catch {
    throw new RangeError("this person has no home folder: write an absolute path");
  }
}

export function toDatabase(text: string): string {
  // The text may hold a password: it is not repeated.
  if (!/^postgres(ql)?:\/\//.test(text))
    throw new RangeError("it must begin with postgres:// (for SQLite, leave it out)");
  if (!URL.canParse(text)) throw new RangeError("it is not a URL; is a character of the password not percent-encoded?");
  return text;
}

export function toApiUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new RangeError("it is not a URL with http:// or https://");
  return text;
}

/** What can stand in a header, whatever a server or a proxy before it takes for a key. */
export function toApiKey(text: string): string {
  // It is not repeated.
  if (!/^[\u0021-\u007e]+$/.test(text)) throw new RangeError("it has a character that no key has, such as a blank");
  return text;
}

/** The URL without what opens the door. */
export function hidePassword(database: string): string {
  const url = new URL(database);
  if (url.password !== "") url.password = "********";
  for (const name of url.searchParams.keys()) {
    if (/password/i.test(name)) url.searchParams.set(name, "********");
  }
  return url.href;
}

export function toResultStorage(text: string, base: string): string {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) return toFolder(text, base);
  if (parseS3Url(text) === null)
    throw new RangeError(
      `\`${text}\` is neither a folder nor s3://bucket/prefix, after which only ?endpoint=, &region= and &credentials= (aws-credentials/name or minio-credentials/name) may follow`,
    );
  return text;
}

export function yesOrNo(text: string): boolean {
  if (/^(true|yes|1)$/i.test(text)) return true;
  if (/^(false|no|0)$/i.test(text)) return false;
  throw new RangeError(`\`${text}\` is not one of true, false`);
}

/** The words between commas, without the space around them. */
export function toList(text: string): readonly string[] {
  return text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

/** An address or a name, without a port. */
export function toHost(text: string): string {
  if (/^[^\s/]+$/.test(text)) return text;
  throw new RangeError(`\`${text}\` is no address: write for example 127.0.0.1 or 0.0.0.0`);
}

/** Addresses and networks, as `10.0.0.1` and `10.0.0.0/8`. */
export function toNetworks(text: string): readonly string[] {
  const networks = toList(text);
  const wrong = networks.find((network) => !isNetwork(network));
  if (wrong === undefined) return networks;
  throw new RangeError(`\`${wrong}\` is neither an address nor a network: write for example 10.0.0.1 or 10.0.0.0/8`);
}

function isNetwork(text: string): boolean {
  const [address = "", prefix, ...others] = text.split("/");
  const version = isIP(address);
  if (version === 0 || others.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

/** As a provider names itself: https, or http on this machine; without anything behind its path. */
export function toIssuer(text: string): string {
  if (!URL.canParse(text)) throw new RangeError(`\`${text}\` is no URL: write for example https://login.example`);
  const { protocol, hostname, search, hash, username } = new URL(text);
  if (search !== "" || hash !== "" || username !== "")
    throw new RangeError(`\`${text}\` has more than a host and a path`);
  const isHere = hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  if (protocol === "https:" || (protocol === "http:" && isHere)) return text;
  throw new RangeError(`\`${text}\` must begin with https:// (http:// is for this machine only)`);
}

/** With a slash at its end. */
export function toPageUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new RangeError("it is not a URL with http:// or https://");
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname.replace(/\/*$/, "/")}`;
}

/** Values with roles, as `value=role`. */
export function toRoles(text: string): readonly string[] {
  const pairs = toList(text);
  const wrong = pairs.find((pair) => !roles.some((role) => pair.endsWith(`=${role}`) && pair.length > role.length + 1));
  if (wrong === undefined) return pairs;
  throw new RangeError(`\`${wrong}\` gives no role: write for example staff=viewer, with one of ${roles.join(", ")}`);
}

/** Programs with their words, by the names of providers, in JSON. */
export function toCommands(text: string): Readonly<Record<string, readonly string[]>> {
  // It is not repeated: people put into it what does not belong there.
  const form = 'it is no JSON of programs: write for example {"op": ["op", "read", "op://{path}"]}';
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new RangeError(form);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw new RangeError(form);
  for (const [name, words] of Object.entries(parsed)) {
    if (!/^[a-z][a-z0-9-]{0,49}$/.test(name) || name === "env" || name === "file") {
      throw new RangeError(
        `\`${name}\` is no name of a provider: lowercase letters, digits and \`-\`, not env or file`,
      );
    }
    const isWords = Array.isArray(words) && words.length > 1 && words.every((word) => typeof word === "string");
    if (!isWords || words[0] === "" || !words.slice(1).some((word: string) => word.includes("{path}"))) {
      throw new RangeError(`\`${name}\` is no list of a program and its words, one of them with {path}`);
    }
  }
  return parsed as Readonly<Record<string, readonly string[]>>;
}
