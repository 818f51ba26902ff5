import { describe, expect, test } from "vitest";
import { describeProviderFailure, toProviderAddress } from "./sign-in-by-provider.ts";

describe("the way to an identity provider", () => {
  test.each([
    ["https://flows.example/", "https://flows.example/", null],
    ["https://flows.example/runs?q=a%20b&signIn=OIDC_REFUSED#x", "https://flows.example/", "runs?q=a+b"],
    ["https://example.org/flows/runs/flow-run/1", "https://example.org/flows/", "runs/flow-run/1"],
    ["https://flows.example/?signIn=OIDC_REFUSED", "https://flows.example/", null],
  ])("from %s leads back there", (here, base, to) => {
    const address = new URL(toProviderAddress(here, base));
    expect(address.href.startsWith(`${base}v1/session/oidc/start`)).toBe(true);
    expect(address.searchParams.get("to")).toBe(to);
  });
});

test("what went wrong is said in words, and nothing where nothing did", () => {
  expect(describeProviderFailure("?q=1", "Example")).toBeNull();
  expect(describeProviderFailure("?signIn=OIDC_REFUSED", "Example")).toContain("not let in by Example");
  expect(describeProviderFailure("?signIn=<script>", "Example")).toContain("does not work now");
});
