/**
 * The dashboard's files, as they are in the package. A path that is no file's is a page of the dashboard: it gets the one
 * document there is, which is told where it stands, so that it works under whatever path a proxy puts before it; and whether
 * somebody has to sign in first.
 */

import { realpathSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";
import { secretBytes } from "../../kit/random.ts";

export interface Dashboard {
  /** Null when the request is for nothing of the dashboard. */
  answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | null;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json; charset=utf-8",
  ".woff2": "font/woff2",
};

/**
 * Nothing is loaded from elsewhere, and no page of elsewhere frames it. Style sheets are ours, or are told the nonce of this
 * page. HTML artifacts have attributes of style; their frames are held to this policy too. docs/decisions/0025-styles.md
 */
const policyOf = (nonce: string): string =>
  [
    "default-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/** What a page is told its nonce in. */
const nonceMeta = '<meta property="csp-nonce" nonce="" />';
const nonceBytes = 16;

const pageHeaders = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cache-control": "private, no-cache",
} as const;

/** No file of ours has another name; so none leads out of the folder. */
const fileName = /^[\w-][\w./-]*$/;

/** Paths of the APIs: what is not there is told as they tell it. */
const apiPath = /^\/(v1|api|livez|readyz|metrics)(\/|$)/;

export interface DashboardOptions {
  /** What `vite build` has written; null where nothing was built. */
  readonly folder: string | null;
  /** Whether the server asks who somebody is: then the page does so before anything else. */
  readonly hasAccessControl: boolean;
}

export function createDashboard({ folder, hasAccessControl }: DashboardOptions): Dashboard {
  const isFile = (name: string): boolean => folder !== null && fileName.test(name) && isWithin(folder, name);

  async function sendFile(name: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const accepted = request.headers["accept-encoding"] ?? "";
    const packed = (
      [
        ["br", "br"],
        ["gz", "gzip"],
      ] as const
    ).find(([ending, encoding]) => new RegExp(`\\b${encoding}\\b`).test(accepted) && isFile(`${name}.${ending}`));
    const content = await readFile(join(folder ?? "", packed === undefined ? name : `${name}.${packed[0]}`));
    if (packed !== undefined) reply.header("content-encoding", packed[1]);
    // The names of assets have a hash of what is in them.
    const isHashed = name.startsWith("assets/");
    return reply
      .code(200)
      .headers({
        "cache-control": isHashed ? "public, max-age=31536000, immutable" : "public, max-age=3600",
        vary: "accept-encoding",
        "x-content-type-options": "nosniff",
      })
      .type(types[extname(name)] ?? "application/octet-stream")
      .send(content);
  }

  async function sendPage(path: string, reply: FastifyReply): Promise<FastifyReply> {
    const text = isFile("index.html") ? await readFile(join(folder ?? "", "index.html"), "utf8") : notBuilt;
    const nonce = Buffer.from(secretBytes(nonceBytes)).toString("base64");
    const page = text
      .replace(nonceMeta, nonceMeta.replace('""', `"${nonce}"`))
      .replace('<base href="./" />', `<base href="${baseOf(path)}" />`)
      .replace('<html lang="en">', hasAccessControl ? '<html lang="en" data-access-control="on">' : "$&");
    return reply
      .code(200)
      .headers({ ...pageHeaders, "content-security-policy": policyOf(nonce) })
      .type("text/html; charset=utf-8")
      .send(page);
  }

  return {
    answer(request, reply) {
      if (request.method !== "GET" && request.method !== "HEAD") return null;
      const path = request.url.split("?", 1)[0] ?? "/";
      if (apiPath.test(path)) return null;
      const name = path.slice(1);
      if (name !== "index.html" && isFile(name)) return sendFile(name, request, reply);
      // An asset of another version is not there; a page would be taken for it. So would it by a program that has the wrong
      // address: only who reads pages gets one, as browsers say of themselves.
      const isForPeople = /\btext\/html\b/.test(request.headers.accept ?? "");
      return isForPeople && !name.startsWith("assets/") ? sendPage(path, reply) : null;
    },
  };
}

/** A link in the folder leads nowhere out of it. */
function isWithin(folder: string, name: string): boolean {
  if (name.includes("..") || statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() !== true) return false;
  return realpathSync(join(folder, name)).startsWith(realpathSync(folder) + sep);
}

/** From a page to where the dashboard begins. */
function baseOf(path: string): string {
  const depth = path.split("/").length - 2;
  return depth === 0 ? "./" : "../".repeat(depth);
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Millrace</title>
<h1>The dashboard is not built</h1>
<p>This server runs from its sources. <code>npm run build</code> builds the dashboard; then load this page again.</p>
</html>
`;
