import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fastify from "fastify";
import { afterAll, describe, expect, test } from "vitest";
import { addErrorAnswers } from "../http/errors.ts";
import { createDashboard } from "./create-dashboard.ts";

const nonceMeta = '<meta property="csp-nonce" nonce="" />';
const page = `<!doctype html><html lang="en"><base href="./" />${nonceMeta}<script type="module" src="./assets/app-1a2b.js"></script>`;
const withoutNonce = (body: string): string => body.replace(/(?<=nonce=")[^"]*/, "");
const script = "console.log('app');\n".repeat(100);

const parent = mkdtempSync(join(tmpdir(), "millrace-dashboard-"));
const folder = join(parent, "dashboard");
mkdirSync(join(folder, "assets"), { recursive: true });
writeFileSync(join(parent, "secret.js"), "not of the dashboard");
writeFileSync(join(folder, "index.html"), page);
writeFileSync(join(folder, "icon.svg"), "<svg/>");
writeFileSync(join(folder, "assets/app-1a2b.js"), script);
writeFileSync(join(folder, "assets/app-1a2b.js.gz"), gzipSync(script));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

function serve(dashboardFolder: string | null = folder, hasAccessControl = false) {
  const app = fastify();
  const onFailure = ({ error }: { readonly error: unknown }): void => {
    throw error;
  };
  addErrorAnswers(app, {
    retryAfterS: 1,
    onFailure,
    dashboard: createDashboard({ folder: dashboardFolder, hasAccessControl }),
  });
  return (
    url: string,
    headers: Record<string, string> = { accept: "text/html" },
    method: "GET" | "HEAD" | "POST" = "GET",
  ) => app.inject({ method, url, headers });
}

describe("a page", () => {
  test.each([
    ["/", "./"],
    ["/runs", "./"],
    ["/runs?state=failed", "./"],
    ["/runs/", "../"],
    ["/runs/flow-run/0199a000", "../../"],
    ["/a/b/c/d", "../../../"],
  ])("%s is the one document, told where it stands", async (url, base) => {
    const { statusCode, headers, body } = await serve()(url);
    expect([statusCode, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(withoutNonce(body)).toBe(page.replace('href="./"', `href="${base}"`));
  });

  test("is told whether somebody has to sign in first", async () => {
    const { body } = await serve(folder, true)("/runs");
    expect(withoutNonce(body)).toBe(page.replace('lang="en"', 'lang="en" data-access-control="on"'));
  });

  test("loads nothing from elsewhere, and is framed by nobody", async () => {
    const { headers } = await serve()("/runs");
    expect(headers["content-security-policy"]).toContain("default-src 'self'");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["content-security-policy"]).not.toContain("script-src");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["cache-control"]).toContain("no-cache");
  });

  test("lets in style sheets that are told its nonce, which no other page has", async () => {
    const read = async (): Promise<readonly [told: string | undefined, policy: string]> => {
      const { body, headers } = await serve()("/runs");
      return [/<meta property="csp-nonce" nonce="([^"]+)"/.exec(body)?.[1], String(headers["content-security-policy"])];
    };
    const [[one, policy], [two]] = [await read(), await read()];
    expect(Buffer.from(one ?? "", "base64")).toHaveLength(16);
    expect(two).not.toBe(one);
    const styles = policy.split("; ").filter((rule) => rule.startsWith("style-src"));
    expect(styles).toEqual([`style-src 'self' 'nonce-${one}'`, "style-src-attr 'unsafe-inline'"]);
  });

  test("says what to do where none was built", async () => {
    const { statusCode, body } = await serve(null)("/runs");
    expect(statusCode).toBe(200);
    expect(body).toContain("npm run build");
  });
});

describe("a file", () => {
  test("with a hash in its name is kept for ever, and sent packed to who reads that", async () => {
    const { headers, rawPayload } = await serve()("/assets/app-1a2b.js", { accept: "*/*", "accept-encoding": "gzip" });
    expect(headers).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "content-encoding": "gzip",
      "cache-control": "public, max-age=31536000, immutable",
      vary: "accept-encoding",
    });
    expect(gunzipSync(rawPayload).toString()).toBe(script);
  });

  test("is sent as it is to others, and where it was not packed", async () => {
    const plain = await serve()("/assets/app-1a2b.js", { accept: "*/*" });
    expect([plain.headers["content-encoding"], plain.body]).toEqual([undefined, script]);
    const icon = await serve()("/icon.svg", { accept: "*/*", "accept-encoding": "gzip" });
    expect([icon.headers["content-type"], icon.headers["content-encoding"]]).toEqual(["image/svg+xml", undefined]);
  });

  test("of another version is not there, and no page is taken for it", async () => {
    expect((await serve()("/assets/app-0000.js", { accept: "*/*" })).statusCode).toBe(404);
  });

  test.each(["/../secret.js", "/..%2fsecret.js", "/%2e%2e/secret.js", "/assets/../../secret.js", "//secret.js"])(
    "is never one outside of the folder: %s",
    async (url) => {
      expect((await serve()(url, { accept: "*/*" })).body).not.toContain("not of the dashboard");
    },
  );
});

describe("what is not the dashboard's", () => {
  test.each(["/v1/nothing", "/v1", "/api/nothing", "/api"])("is told as the API tells it: %s", async (url) => {
    const { statusCode, body } = await serve()(url);
    expect([statusCode, JSON.parse(body)]).toEqual([
      404,
      { error: expect.objectContaining({ code: "ROUTE_NOT_FOUND" }) },
    ]);
  });

  test("is a request of a program for a path that is none", async () => {
    expect((await serve()("/runs", { accept: "application/json" })).statusCode).toBe(404);
    // As Prefect's client asks, told an address without /api.
    expect((await serve()("/admin/version", { accept: "*/*" })).statusCode).toBe(404);
    expect((await serve()("/runs", { accept: "text/html" }, "POST")).statusCode).toBe(404);
  });
});
