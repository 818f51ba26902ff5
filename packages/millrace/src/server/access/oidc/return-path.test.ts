import { describe, expect, test } from "vitest";
import { toReturnPath } from "./return-path.ts";

describe("the page to go back to", () => {
  test.each([
    "runs",
    "runs?q=golden&state=Failed,Crashed",
    "?tab=all",
    "runs/flow-run/019a3b2c-4d5e-7000-8000-000000000000?tab=logs",
    "deployments/deployment/x?p=%7B%22a%22%3A%20%22%2F%22%7D&u=https://example.org//x",
  ])("is %s", (path) => expect(toReturnPath(path)).toBe(path));

  /** Whatever leads elsewhere in some browser, or could. */
  const elsewhere = [
    "//e.example",
    "/\\e.example",
    "\\\\e.example",
    "/e.example",
    "///e.example",
    "\\/e.example",
    "/%09/e.example",
    "https:e.example",
    "https://e.example",
    "http://e.example",
    "HTTPS:/e.example",
    "https:///e.example",
    "//e.example:80",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "blob:x",
    "runs%0d%0aSet-Cookie:a=b",
    "runs\r\nSet-Cookie: a=b",
    "runs\u0000",
    "\t//e.example",
    " //e.example",
    "runs#x",
    "../../x",
    "runs/../../x",
    "runs/%2e%2e/x",
    "runs/.%2E/x",
    "./x",
    "runs/./x",
    ".",
    "..",
    "a//b",
    "a/%2f/b",
    "a%5cb",
    "@e.example",
    ":80",
    "e.example:80",
    "%2f%2fe.example",
    "runs\u2028",
    "ru\u00e9ns",
    "http%3a//e.example",
    "a:b",
    "mailto:a@e.example",
    "file:///etc/passwd",
    "\u3000//e.example",
    "x".repeat(2001),
    undefined,
    null,
    7,
    ["runs"],
    { toString: () => "runs" },
  ];

  test.each(elsewhere.map((path) => [path]))("is the first one for %j", (path) => expect(toReturnPath(path)).toBe(""));

  test("is on this server even for what was never looked at, where it stands behind the way to the first page", () => {
    const here = "https://flows.example/below/v1/session/oidc/callback";
    for (const path of elsewhere.filter((each) => typeof each === "string")) {
      expect(new URL(`../../../${path}`, here).origin, JSON.stringify(path)).toBe("https://flows.example");
    }
  });
});
