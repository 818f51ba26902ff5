import { expect, test } from "vitest";
import { readAudit } from "./audit.ts";

const weakness = (name: string, severity: string) => ({
  name,
  severity,
  range: "<2.0.0",
  nodes: [`node_modules/${name}`],
  via: ["another", { title: "It can be read past its end", url: "https://advisories.test/1" }],
});

const report = (...weaknesses: readonly ReturnType<typeof weakness>[]): string =>
  JSON.stringify({ vulnerabilities: Object.fromEntries(weaknesses.map((each) => [each.name, each])) });

test("an audit names what is grave in what is shipped, and nothing else", () => {
  const shipped = new Set(["ws@8.0.0", "@fastify/ajv-compiler@4.0.0", "pg@8.0.0"]);
  const found = report(
    weakness("ws", "high"),
    weakness("@fastify/ajv-compiler", "critical"),
    weakness("pg", "moderate"),
    weakness("vitest", "critical"),
  );
  expect(readAudit(found, shipped)).toEqual({
    weak: [
      "ws <2.0.0 (high): It can be read past its end https://advisories.test/1",
      "@fastify/ajv-compiler <2.0.0 (critical): It can be read past its end https://advisories.test/1",
    ],
  });
  expect(readAudit(report(), shipped)).toEqual({ weak: [] });
});

test("an audit that nobody answers is no audit", () => {
  expect(readAudit("", new Set())).toEqual({ skipped: "npm gave no report" });
  expect(readAudit(JSON.stringify({ message: "405 Method Not Allowed" }), new Set())).toEqual({
    skipped: "the registry does not answer: 405 Method Not Allowed",
  });
});
