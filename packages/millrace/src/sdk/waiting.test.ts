/** Waits outside a run, against real files and servers. */

import { mkdtemp, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { waitFor, waitForFile, waitForHttp, waitForRow, waitForS3Key, waitUntil } from "../exports/index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-waits-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A server for one test; gives its address. */
async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const often = { every: 5 } as const;

describe("waitFor()", () => {
  test("looks until there is a value, and counts its looks", async () => {
    const counts: number[] = [];
    const value = await waitFor(({ count }) => {
      counts.push(count);
      return [undefined, null, false, "there"][count - 1];
    }, often);
    expect(value).toBe("there");
    expect(counts).toEqual([1, 2, 3, 4]);
  });

  test("takes 0 and the empty text for values", async () => {
    await expect(waitFor(() => 0)).resolves.toBe(0);
    await expect(waitFor(async () => "")).resolves.toBe("");
  });

  test("ends with what the condition throws", async () => {
    const broken = new Error("broken");
    const condition = (): never => {
      throw broken;
    };
    await expect(waitFor(condition)).rejects.toBe(broken);
  });

  test("times out, after a last look", async () => {
    let looks = 0;
    const isReady = (): boolean => {
      looks++;
      return false;
    };
    await expect(waitFor(isReady, { every: "1h", timeout: 20 })).rejects.toMatchObject({
      code: "TIMED_OUT",
      message: "Wait `wait-for isReady` took longer than its timeout of 20ms.",
    });
    expect(looks).toBe(2);
  });

  test("tells a look that nobody waits for it any more", async () => {
    let heard: AbortSignal | undefined;
    await waitFor(({ signal }) => {
      heard = signal;
      return true;
    });
    expect(heard?.aborted).toBe(true);
  });

  test("grows its intervals, within bounds", async () => {
    await expect(waitFor(({ count }) => count === 6, { every: { min: 1, max: 3, jitter: 0 } })).resolves.toBe(true);
    await expect(waitFor(() => true, { every: "5 moons" as "5s" })).rejects.toThrow(RangeError);
  });
});

test("waitForRow() gives the first row there is", async () => {
  const rows: { id: number }[] = [];
  let looks = 0;
  const query = async (): Promise<{ id: number } | undefined> => {
    if (++looks === 3) rows.push({ id: 7 });
    return rows[0];
  };
  await expect(waitForRow(query, often)).resolves.toEqual({ id: 7 });
});

test("waitUntil() waits until a time, and not for one that is over", async () => {
  await expect(waitUntil(new Date(0))).resolves.toBeUndefined();
  const start = Date.now();
  const ended: string[] = [];
  await Promise.all([
    waitUntil(start + 200).then(() => ended.push("later")),
    waitUntil(new Date(start + 20)).then(() => ended.push("sooner")),
  ]);
  expect(ended).toEqual(["sooner", "later"]);
  await expect(waitUntil(new Date("tomorrow"))).rejects.toThrow("waitUntil() needs a Date");
});

describe("waitForFile()", () => {
  test("waits until the file is there", async () => {
    const path = join(folder, "orders.csv");
    const waiting = waitForFile(path, often);
    await writeFile(join(folder, "orders.tmp"), "id\n1\n");
    await rename(join(folder, "orders.tmp"), path);
    const { mtime } = await stat(path);
    await expect(waiting).resolves.toEqual({ path, sizeBytes: 5, modifiedAt: mtime });
    await expect(waitForFile(pathToFileURL(path))).resolves.toMatchObject({ path, sizeBytes: 5 });
  });

  test("waits until it has not changed for a while", async () => {
    const path = join(folder, "growing.csv");
    await writeFile(path, "");
    let isChanging = true;
    const waiting = waitForFile(path, { ...often, stableFor: 400 });
    const change = async (): Promise<void> => {
      for (let size = 1; size <= 5; size++) {
        await writeFile(path, "x".repeat(size));
        await utimes(path, size, size);
        await waitFor(({ count }) => count === 3, often);
      }
      isChanging = false;
    };
    const changed = change();
    const { sizeBytes } = await waiting;
    expect({ sizeBytes, isChanging }).toEqual({ sizeBytes: 5, isChanging: false });
    await changed;
  });

  test("takes a path through what is no folder for a file that is not there", async () => {
    await writeFile(join(folder, "plain"), "");
    await expect(waitForFile(join(folder, "plain", "inside"), { ...often, timeout: 10 })).rejects.toMatchObject({
      code: "TIMED_OUT",
    });
  });

  test("ends with another error of the file system", async () => {
    await expect(waitForFile(join(folder, "x".repeat(300)))).rejects.toMatchObject({ code: "ENAMETOOLONG" });
  });
});

describe("waitForHttp()", () => {
  test("asks again until the status is one of 200 to 299", async () => {
    let requests = 0;
    const url = await serve((_, response) => {
      response.statusCode = ++requests < 3 ? 503 : 204;
      response.end();
    });
    await expect(waitForHttp(url, often)).resolves.toEqual({ status: 204, url: `${url}/` });
    expect(requests).toBe(3);
  });

  test("waits for a status of one's own, with a request of one's own", async () => {
    const url = await serve((request, response) => {
      response.statusCode = request.method === "POST" && request.headers["x-token"] === "abc" ? 404 : 200;
      response.end();
    });
    const request = { method: "POST", headers: { "x-token": "abc" }, body: "{}" };
    await expect(waitForHttp(`${url}/old`, { ...request, ...often, status: 404 })).resolves.toMatchObject({
      status: 404,
    });
    await expect(waitForHttp(url, { ...often, status: [201, 404], timeout: 20 })).rejects.toMatchObject({
      code: "TIMED_OUT",
    });
  });

  test("looks into the answers", async () => {
    let progress = 0;
    const url = await serve((_, response) => response.end(JSON.stringify({ progress: (progress += 25) })));
    const until = async (response: Response): Promise<{ progress: number } | false> => {
      const job = (await response.json()) as { progress: number };
      return job.progress === 100 && job;
    };
    await expect(waitForHttp(url, { ...often, until })).resolves.toEqual({ progress: 100 });
  });

  test("ends with what `until` throws", async () => {
    const url = await serve((_, response) => response.end("no JSON"));
    await expect(waitForHttp(url, { until: (response) => response.json() })).rejects.toThrow(SyntaxError);
  });

  test("takes a server that is not there for one that does not answer yet, and says so in the end", async () => {
    const error = await waitForHttp("http://127.0.0.1:9/health?token=abc", { ...often, timeout: 30 }).catch(
      (failure: unknown) => failure,
    );
    expect(error).toMatchObject({ code: "TIMED_OUT", cause: { message: "fetch failed" } });
    expect((error as Error).message).toContain("`wait-for-http GET http://127.0.0.1:9/health`");
  });

  test("says what the last answer was, without the query", async () => {
    const url = await serve((_, response) => {
      response.statusCode = 500;
      response.end("sorry");
    });
    await expect(waitForHttp(`${url}/health?token=abc`, { ...often, timeout: 20 })).rejects.toMatchObject({
      cause: { message: `GET ${url}/health was answered by 500` },
    });
  });

  test("gives up a request that hangs, also in the middle of its answer, and asks again", async () => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests++;
      if (requests === 1) return;
      if (requests === 2) response.write("half");
      else response.end("whole");
    });
    const until = (response: Response): Promise<string> => response.text();
    await expect(waitForHttp(url, { ...often, requestTimeout: 100, until })).resolves.toBe("whole");
    expect(requests).toBeGreaterThanOrEqual(3);
  });

  test("refuses what is no URL at once", async () => {
    await expect(waitForHttp("example")).rejects.toThrow(TypeError);
  });
});

describe("waitForS3Key()", () => {
  /** Answers HEAD requests as S3 does. */
  const answering = (statuses: readonly number[]): RequestListener => {
    let requests = 0;
    return (request, response) => {
      const status = statuses[Math.min(requests++, statuses.length - 1)] ?? 500;
      response.statusCode = request.method === "HEAD" && request.url?.startsWith("/inbox/orders/1.csv") ? status : 400;
      if (status === 200) {
        response.setHeader("content-length", 12);
        response.setHeader("etag", '"abc"');
        response.setHeader("last-modified", "Sun, 22 Nov 2026 00:00:00 GMT");
      }
      response.end();
    };
  };

  async function s3(statuses: readonly number[]): Promise<S3Client> {
    const client = new S3Client({
      endpoint: await serve(answering(statuses)),
      region: "eu-central-1",
      credentials: { accessKeyId: "id", secretAccessKey: "key" },
      forcePathStyle: true,
      maxAttempts: 1,
    });
    onTestFinished(() => client.destroy());
    return client;
  }

  const place = { bucket: "inbox", key: "orders/1.csv" };

  test("waits until the object is there, and past answers that may change", async () => {
    await expect(waitForS3Key({ ...place, client: await s3([404, 503, 429, 200]) }, often)).resolves.toEqual({
      ...place,
      sizeBytes: 12,
      etag: '"abc"',
      modifiedAt: new Date("2026-11-22T00:00:00Z"),
    });
  });

  test("ends with an answer that will not change", async () => {
    await expect(waitForS3Key({ ...place, client: await s3([403]) }, often)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });

  test("waits for a server that is not there", async () => {
    const client = new S3Client({
      endpoint: "http://127.0.0.1:9",
      region: "eu-central-1",
      credentials: { accessKeyId: "id", secretAccessKey: "key" },
      maxAttempts: 1,
    });
    await expect(waitForS3Key({ ...place, client }, { ...often, timeout: 30 })).rejects.toMatchObject({
      code: "TIMED_OUT",
    });
  });
});
