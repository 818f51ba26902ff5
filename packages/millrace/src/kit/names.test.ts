import { expect, test } from "vitest";
import { randomName } from "./names.ts";
import { createRandom } from "./random.ts";

test("names are two words, of which there are 28,086 pairs", () => {
  const random = createRandom("names");
  const names = Array.from({ length: 300_000 }, () => randomName(random));
  expect(names.every((name) => /^[a-z]{2,12}-[a-z]{2,12}$/.test(name))).toBe(true);
  expect(new Set(names).size).toBe(28_086);
});

test("no word is twice as likely as another", () => {
  // A source that goes through its range evenly draws each word of a list equally often.
  const steps = 20_000;
  const counts = new Map<string, number>();
  for (let step = 0; step < steps; step++) {
    const [adjective = ""] = randomName(() => step / steps).split("-");
    counts.set(adjective, (counts.get(adjective) ?? 0) + 1);
  }
  const expected = steps / counts.size;
  for (const [word, count] of counts)
    expect({ word, isEven: Math.abs(count - expected) < expected / 2 }).toEqual({ word, isEven: true });
});
