import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMasker } from "./mask.ts";

const secret = "s3cr3t/pa+ss word";

describe("hides a secret", () => {
  const masker = createMasker([secret]);
  const base64 = (text: string): string => Buffer.from(text).toString("base64");

  test.each([
    ["as it is", `password=${secret};`, "password=********;"],
    ["at both ends", secret + secret, "********"],
    ["twice", `${secret}, ${secret}`, "********, ********"],
    ["in a URL", `https://h/?p=${encodeURIComponent(secret)}&x`, "https://h/?p=********&x"],
    ["in a form", `p=${new URLSearchParams({ p: secret }).toString().slice(2)}`, "p=********"],
    ["in base64", `token ${base64(secret)}.`, "token ********."],
    ["in the URL's base64", Buffer.from(secret).toString("base64url"), "********"],
  ])("%s", (_, text, masked) => {
    expect(masker.mask(text)).toBe(masked);
  });

  test.each(["u:", "us:", "use:"])("in the base64 of a longer text, after %s", (before) => {
    const text = base64(`${before}${secret}@host`);
    const masked = masker.mask(text);
    expect(masked).toContain("********");
    expect(Buffer.from(masked.split("*")[0] ?? "", "base64").toString()).not.toContain(secret.slice(0, 2));
    expect(masked.length).toBeLessThan(text.length - secret.length + 10);
  });
});

test("hides quotes and line ends as JSON writes them, once or twice", () => {
  const masker = createMasker(['pa"ss\nword']);
  const json = JSON.stringify({ p: 'pa"ss\nword' });
  expect(masker.mask(json)).toBe('{"p":"********"}');
  expect(masker.mask(JSON.stringify({ json }))).not.toContain("pa");
});

test("hides the lines of a key, and not what is around them", () => {
  const key = "-----BEGIN KEY-----\nMIIEvgIBADANBgkq\r\nhkiG9w0BAQEFAASC\nab\n-----END KEY-----\n";
  const masker = createMasker([key]);
  expect(masker.mask(key)).toBe("********");
  expect(masker.mask("line hkiG9w0BAQEFAASC of it, ab")).toBe("line ******** of it, ab");
  expect(masker.mask("-----BEGIN KEY-----")).toBe("-----BEGIN KEY-----");
});

test("secrets that overlap are hidden as one", () => {
  expect(createMasker(["abcdef", "defghi"]).mask("xabcdefghix")).toBe("x********x");
  expect(createMasker(["aaaa"]).mask("baaaaaab")).toBe("b********b");
});

test("leaves short values and other texts alone, and takes secrets later", () => {
  const masker = createMasker(["abc", ""]);
  const text = "abc and hunter22";
  expect(masker.mask(text)).toBe(text);
  masker.add("hunter22");
  masker.add("hunter22");
  expect(masker.mask(text)).toBe("abc and ********");
});

test("hides a secret as the console shows it, and as an address has it that it was put into", () => {
  const odd = "a\"q\\u/x\t'e%&é";
  const masker = createMasker([odd]);
  const json = JSON.stringify({ odd });
  for (const shown of [{ odd }, { json }, { twice: JSON.stringify(json) }]) {
    expect(masker.mask(inspect(shown))).toContain("********");
    expect(masker.mask(JSON.stringify(inspect(shown)))).not.toContain("q");
    expect(masker.mask(inspect(shown))).not.toMatch(/a.*q/);
  }
  const doubly = encodeURIComponent(encodeURIComponent(odd));
  expect(masker.mask(`of=${doubly}&in=${encodeURIComponent(json)}`)).toBe(
    `of=********&in=${encodeURIComponent('{"odd":"')}********${encodeURIComponent('"}')}`,
  );
  for (const address of [`https://h/${odd}/end`, `https://h/?k=${odd}`]) {
    expect(masker.mask(new URL(address).href)).toMatch(/^https:\/\/h\/(\?k=)?\*{8}(\/end)?$/);
  }
});

test("hides what a secret begins with where a text was cut, and nowhere else", () => {
  const masker = createMasker([secret]);
  const base64 = Buffer.from(secret).toString("base64");
  expect(masker.maskCut(`${secret} and s3cr3t/`)).toBe("******** and ********");
  expect(masker.maskCut(`in base64 ${base64.slice(0, 12)}`)).toBe("in base64 ********");
  expect(masker.maskCut("s3cr3t/ and s3c")).toBe("s3cr3t/ and s3c");
  expect(masker.maskCut("nothing of it")).toBe("nothing of it");
});

test("hides what a secret begins with where others cut in, from 8 characters on", () => {
  const long = "mrsecret13".repeat(8000);
  const masker = createMasker([long]);
  const base64 = Buffer.from(long).toString("base64");
  const trace = "----- Native stack trace -----";
  for (const cut of [long.slice(0, 50_003), long.slice(0, 8), base64.slice(0, 70_001), long + long.slice(0, 39)]) {
    expect(masker.maskBegun(`dies with ${cut}${trace}`)).toBe(`dies with ********${trace}`);
    expect(masker.maskCut(`${cut}${trace}mrse`)).toBe(`********${trace}********`);
  }
  expect(masker.maskBegun("mrsecre and mrsecre")).toBe("mrsecre and mrsecre");
  // One beginning within another: the end of the first is the start of the second.
  expect(createMasker([`${"abc".repeat(8)}d`]).maskBegun(`-${"abc".repeat(10)}e-`)).toBe("-********e-");
});

test("leaves what only begins as a secret does, but where it is cut off", () => {
  const address = "https://hooks.example.com/services/T01234567/B01234567/abcdefghijklmnopqrstuvwx";
  const masker = createMasker([address]);
  const other = "https://example.com/a and https://hooks.example.com/services/T9/B9/zyx are there";
  expect([masker.maskBegun(other), masker.maskCut(other)]).toEqual([other, other]);
  const cut = address.slice(0, 30);
  expect(masker.maskBegun(`to ${cut}`)).toBe("to ********");
  expect(masker.maskCut(`to ${cut}\nthe next`)).toBe("to ********\nthe next");
  expect(masker.maskBegun(`to ${cut}node:internal/process:1`)).toBe("to ********node:internal/process:1");
  expect(masker.maskBegun(`to ${address.slice(0, 50)} goes`)).toBe("to ******** goes");
});

test("no secret is left in any text", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "\\", '"', "\n", "é", "\ud800", "%", "+", "/") });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, text)),
      text.filter((each) => each.length >= 4),
      (parts, hidden) => {
        const masker = createMasker([hidden]);
        const written = parts.map(([before, after]) => before + hidden + after).join("\n");
        expect(masker.mask(written).includes(hidden)).toBe(false);
        expect(masker.mask(JSON.stringify({ written })).includes(JSON.stringify(hidden).slice(1, -1))).toBe(false);
      },
    ),
  );
});

test("marks a secret in a name by what it is, in every process alike", () => {
  const [one, other] = [createMasker([secret, "another-one"]), createMasker([secret])];
  const marked = one.mark(`report-${secret}-2026`);
  expect(marked).toMatch(/^report-hidden-[0-9a-f]{8}-2026$/);
  expect(other.mark(`report-${secret}-2026`)).toBe(marked);
  expect(one.mark("report-another-one-2026")).not.toBe(marked);
  expect(one.mark("report-2026")).toBe("report-2026");
});
