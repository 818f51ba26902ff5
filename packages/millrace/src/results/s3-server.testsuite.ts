/** A small service that speaks as S3 does, over HTTP, for tests: what stands outside. Objects are kept in memory. */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface S3Server extends AsyncDisposable {
  readonly endpoint: string;
  /** By bucket and key: "results/ab12". */
  readonly objects: Map<string, Buffer>;
  /** When they were written, in ms UTC. */
  readonly writtenAt: Map<string, number>;
  /** What time it is, in ms UTC. Default: it is 2026. */
  now: () => number;
  /** How many objects a list tells of at once. Default 1000, as S3 does. */
  pageSize: number;
  /** Uploads in parts that are neither completed nor aborted. */
  readonly uploads: Map<string, Map<number, Buffer>>;
  /** The ids of the keys that requests were signed with. */
  readonly keyIds: Set<string>;
  /** What was asked, in order: "PUT results/ab12", "POST results/ab12?uploads". */
  readonly requests: string[];
  /** Answers a request with this status in place of its own. Default: none. */
  refuse: (request: string) => number | null;
  /** After how many bytes of an answer's body it says nothing more, and whether it hangs up then. Default: it does not. */
  breakOff: (request: string) => { readonly afterBytes: number; readonly hangsUp: boolean } | null;
}

interface Answer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string | number>>;
}

export async function startS3Server(buckets: readonly string[]): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const writtenAt = new Map<string, number>();
  const uploads = new Map<string, Map<number, Buffer>>();
  const requests: string[] = [];
  const keyIds = new Set<string>();

  const server = createServer((request, response) => {
    readBody(request).then(
      (body) => {
        const answered = answer(request, body);
        const broken = s3.breakOff(requests.at(-1) ?? "");
        if (broken === null) respond(response, request.method, answered);
        else respondPartly(response, answered, broken);
      },
      // The client went away in the middle of its request.
      () => response.destroy(),
    );
  });

  function answer(request: IncomingMessage, body: Buffer): Answer {
    const url = new URL(request.url ?? "/", "http://localhost");
    url.searchParams.delete("x-id");
    const path = decodeURIComponent(url.pathname.slice(1));
    const asked = `${request.method} ${path}${url.search === "?uploads=" ? "?uploads" : url.search}`;
    requests.push(asked);
    const status = s3.refuse(asked);
    if (status !== null) return failure(status, "Refused");
    if (!request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 ")) return failure(403, "AccessDenied");
    keyIds.add(/ Credential=([^/]+)\//.exec(request.headers.authorization)?.[1] ?? "");
    if (!buckets.includes(path.split("/")[0] ?? "")) return failure(404, "NoSuchBucket");
    const damage = findDamage(request, body);
    if (damage !== null) return failure(400, damage);
    const uploadId = url.searchParams.get("uploadId");
    if (url.searchParams.has("uploads")) return createUpload(path);
    if (url.searchParams.get("list-type") === "2") return listObjects(path.replace(/\/$/, ""), url.searchParams);
    const source = request.headers["x-amz-copy-source"];
    if (source !== undefined) return copyObject(decodeURIComponent(String(source)), path);
    return uploadId === null
      ? answerObject(request.method, path, body)
      : answerUpload({
          method: request.method,
          path,
          body,
          uploadId,
          part: Number(url.searchParams.get("partNumber")),
        });
  }

  function keep(path: string, content: Buffer): void {
    objects.set(path, content);
    writtenAt.set(path, s3.now());
  }

  function copyObject(from: string, to: string): Answer {
    const found = objects.get(from.replace(/^\//, ""));
    if (found === undefined) return failure(404, "NoSuchKey");
    keep(to, found);
    const at = new Date(s3.now()).toISOString();
    const body = `<CopyObjectResult><ETag>${etagOf(found)}</ETag><LastModified>${at}</LastModified></CopyObjectResult>`;
    return { status: 200, body };
  }

  /** In the order of their UTF-8; of what comes behind a delimiter nothing is told. */
  function listObjects(bucket: string, asked: URLSearchParams): Answer {
    const prefix = asked.get("prefix") ?? "";
    const delimiter = asked.get("delimiter");
    const after = asked.get("continuation-token") ?? asked.get("start-after") ?? "";
    const max = Math.min(Number(asked.get("max-keys") ?? s3.pageSize), s3.pageSize);
    const keys = [...objects.keys()]
      .filter((path) => path.startsWith(`${bucket}/${prefix}`))
      .map((path) => path.slice(bucket.length + 1))
      .filter((key) => delimiter === null || !key.slice(prefix.length).includes(delimiter))
      .filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
      .toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    const told = keys.slice(0, max);
    const contents = told.map((key) => {
      const path = `${bucket}/${key}`;
      const at = new Date(writtenAt.get(path) ?? 0).toISOString();
      const size = objects.get(path)?.byteLength ?? 0;
      return `<Contents><Key>${key}</Key><LastModified>${at}</LastModified><Size>${size}</Size></Contents>`;
    });
    const next = keys.length > told.length ? `<NextContinuationToken>${told.at(-1)}</NextContinuationToken>` : "";
    const isCut = `<IsTruncated>${keys.length > told.length}</IsTruncated>`;
    return { status: 200, body: `<ListBucketResult>${isCut}${next}${contents.join("")}</ListBucketResult>` };
  }

  function answerObject(method: string | undefined, path: string, body: Buffer): Answer {
    if (method === "PUT") {
      keep(path, body);
      return { status: 200, headers: { ETag: etagOf(body) } };
    }
    if (method === "DELETE") {
      objects.delete(path);
      return { status: 204 };
    }
    const found = objects.get(path);
    return found === undefined ? failure(404, "NoSuchKey") : { status: 200, body: found };
  }

  function createUpload(path: string): Answer {
    const uploadId = `upload-${uploads.size + 1}-${path.length}`;
    uploads.set(uploadId, new Map());
    return {
      status: 200,
      body: `<InitiateMultipartUploadResult><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`,
    };
  }

  function answerUpload(asked: {
    method: string | undefined;
    path: string;
    body: Buffer;
    uploadId: string;
    part: number;
  }): Answer {
    const parts = uploads.get(asked.uploadId);
    if (parts === undefined) return failure(404, "NoSuchUpload");
    if (asked.method === "PUT") {
      parts.set(asked.part, asked.body);
      return { status: 200, headers: { ETag: etagOf(asked.body) } };
    }
    if (asked.method === "POST") {
      const wanted = [...String(asked.body).matchAll(/<ETag>(.*?)<\/ETag><PartNumber>(\d+)<\/PartNumber>/g)];
      const given = wanted.map(([, etag, number]) => ({
        etag: etag?.replaceAll("&quot;", '"'),
        part: parts.get(Number(number)),
      }));
      if (given.some(({ etag, part }) => part === undefined || etagOf(part) !== etag))
        return failure(400, "InvalidPart");
      if (given.slice(0, -1).some(({ part }) => (part?.byteLength ?? 0) < 5 * 2 ** 20))
        return failure(400, "EntityTooSmall");
      keep(asked.path, Buffer.concat(given.map(({ part }) => part as Buffer)));
    }
    uploads.delete(asked.uploadId);
    return asked.method === "POST"
      ? { status: 200, body: "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>" }
      : { status: 204 };
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const s3: S3Server = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    writtenAt,
    now: () => Date.UTC(2026, 0, 1),
    pageSize: 1000,
    uploads,
    keyIds,
    requests,
    refuse: () => null,
    breakOff: () => null,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return s3;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function respond(response: ServerResponse, method: string | undefined, { status, body, headers }: Answer): void {
  response.writeHead(status, { "content-length": body === undefined ? 0 : Buffer.byteLength(body), ...headers });
  response.end(method === "HEAD" ? undefined : body);
}

function respondPartly(
  response: ServerResponse,
  { status, body = "" }: Answer,
  { afterBytes, hangsUp }: { readonly afterBytes: number; readonly hangsUp: boolean },
): void {
  if (afterBytes > 0) {
    response.writeHead(status, { "content-length": Buffer.byteLength(body) });
    response.write(Buffer.from(body).subarray(0, afterBytes));
  }
  if (hangsUp) setImmediate(() => response.destroy());
}

function failure(status: number, code: string): Answer {
  return { status, body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>` };
}

function etagOf(body: Buffer): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}

/** The code of the error for a body that is not what its headers say. */
function findDamage({ headers }: IncomingMessage, body: Buffer): string | null {
  const md5 = headers["content-md5"];
  if (md5 !== undefined && md5 !== createHash("md5").update(body).digest("base64")) return "BadDigest";
  const sha256 = String(headers["x-amz-content-sha256"] ?? "");
  const isOther = /^[0-9a-f]{64}$/.test(sha256) && sha256 !== createHash("sha256").update(body).digest("hex");
  return isOther ? "XAmzContentSHA256Mismatch" : null;
}
