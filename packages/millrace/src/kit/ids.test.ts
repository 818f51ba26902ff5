import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds, shortId, uuidFromHash, uuidv7 } from "./ids.ts";
import { sha256 } from "./sha256.ts";

const version7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function timeOf(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}

test("ids of this process are UUIDs of version 7, all different, and rise", () => {
  const ids = Array.from({ length: 50_000 }, () => uuidv7());
  expect(ids.every((id) => version7.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? ""))).toBe(true);
});

test("an id begins with its time", () => {
  const at = Date.UTC(2026, 10, 22) + 0.75;
  expect(timeOf(createIds({ now: () => at }).uuidv7())).toBe(Math.floor(at));
  expect(timeOf(uuidv7(at))).toBeGreaterThanOrEqual(Math.floor(at));
});

test("ids rise whatever the clock does, unless it is set back by more than 10 s", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9000, max: 50_000 }), { minLength: 2 }), fc.nat(), (steps, seed) => {
      let highest = 1_800_000_000_000;
      const { uuidv7: next } = createIds({ seed });
      let last = next(highest);
      for (const step of steps) {
        const id = next(highest + step);
        expect(id > last).toBe(true);
        last = id;
        highest = Math.max(highest, highest + step);
      }
    }),
  );
});

test("a clock that is set far back is followed", () => {
  const { uuidv7: next } = createIds({ seed: 1 });
  next(2_000_000_000_000);
  expect(timeOf(next(1_000_000_000_000))).toBe(1_000_000_000_000);
});

test("more than a counter's worth of ids in one ms go on in the next", () => {
  const { uuidv7: next } = createIds({ seed: "counter" });
  const at = 1_800_000_000_000;
  const first = next(at);
  // The counter starts below half of its 26 bits: no need to count that far to see that it does.
  const counter =
    Number.parseInt(first.slice(15, 18), 16) * 2 ** 14 + (Number.parseInt(first.slice(19, 23), 16) & 0x3fff);
  expect(counter).toBeLessThan(2 ** 25);
  const second = next(at);
  const nextCounter =
    Number.parseInt(second.slice(15, 18), 16) * 2 ** 14 + (Number.parseInt(second.slice(19, 23), 16) & 0x3fff);
  expect(nextCounter).toBe(counter + 1);
});

test("seeded ids are the same in each run, and others for another seed", () => {
  const draw = (seed: number | string) => {
    const ids = createIds({ seed, now: () => 5 });
    return [ids.uuidv7(), ids.uuidv7(), ids.shortId()];
  };
  expect(draw("a")).toEqual(draw("a"));
  expect(draw("a")).not.toEqual(draw("b"));
});

test("short ids are of letters and digits that are not mistaken, in the length asked for", () => {
  expect(shortId()).toMatch(/^[0-9a-hjkmnp-tv-z]{12}$/);
  for (const length of [0, 1, 6, 7, 30]) expect(shortId(length)).toHaveLength(length);
  expect(new Set(Array.from({ length: 20_000 }, () => shortId())).size).toBe(20_000);
  const drawn = new Set(Array.from({ length: 200 }, () => shortId(50)).join(""));
  expect(drawn.size).toBe(32);
});

test("the UUID of a text has the text's hash, in the layout of version 8", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const uuid = uuidFromHash(text);
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(uuidFromHash(text)).toBe(uuid);
      const hex = sha256(text, "hex");
      const digits = uuid.replaceAll("-", "");
      // All but the four bits of the version and the two of the variant.
      expect(digits.slice(0, 12) + digits.slice(13, 16) + digits.slice(17)).toBe(
        hex.slice(0, 12) + hex.slice(13, 16) + hex.slice(17, 32),
      );
      expect(Number.parseInt(digits[16] ?? "", 16) & 3).toBe(Number.parseInt(hex[16] ?? "", 16) & 3);
    }),
  );
  expect(uuidFromHash("millrace")).toBe("590c910f-43b1-829c-8ca7-dd9717aabfa5");
});
