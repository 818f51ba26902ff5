import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { families } from "../../dashboard/src/states/families.ts";
import {
  contrastOf,
  differenceOf,
  differenceOfLab,
  mixInOklab,
  parseHex,
  type Rgb,
  seenBy,
} from "./harness/seen-color.ts";

const sheet = readFileSync(join(import.meta.dirname, "../../dashboard/src/styles.css"), "utf8");

/** The colours that a block of the style sheet sets. */
function readTokens(selector: string): (name: string) => Rgb {
  const [, block = ""] = sheet.split(`\n${selector} {`);
  const tokens = new Map(
    [...block.slice(0, block.indexOf("}")).matchAll(/--([\w-]+): (#[\da-f]{6});/g)].map(
      ([, name = "", hex = ""]) => [name, parseHex(hex)] as const,
    ),
  );
  return (name) => {
    const color = tokens.get(name);
    if (color === undefined) throw new Error(`${selector} sets no colour --${name}`);
    return color;
  };
}

const pairsOf = <T>(items: readonly T[]): readonly (readonly [T, T])[] =>
  items.flatMap((one, index) => items.slice(index + 1).map((other) => [one, other] as const));

/** What text and states stand on: the page, what lies on it, and a row under the pointer or chosen. */
const grounds = ["bg", "panel", "raised", "hover", "selected"];

describe.each([
  { theme: "light", selector: ":root" },
  { theme: "dark", selector: ':root[data-theme="dark"]' },
])("the colours of the $theme theme", ({ selector }) => {
  const token = readTokens(selector);
  const below = (least: number, pairs: readonly (readonly [what: string, contrast: number])[]): readonly string[] =>
    pairs.flatMap(([what, contrast]) => (contrast < least ? [`${what}: ${contrast.toFixed(2)}`] : []));
  const onGrounds = (name: string, color: Rgb): readonly (readonly [string, number])[] =>
    grounds.map((ground) => [`${name} on ${ground}`, contrastOf(color, token(ground))]);

  test("states and the edges of controls stand out from what they are on", () => {
    const shapes = [...families, "control-line", "accent"];
    expect(
      below(
        3,
        shapes.flatMap((name) => onGrounds(name, token(name))),
      ),
    ).toEqual([]);
  });

  test("texts can be read, the words of states too", () => {
    const texts = ["fg", "muted", "faint", "accent"].flatMap((name) => onGrounds(name, token(name)));
    // As the utility text-state-* mixes them.
    const words = families.flatMap((family) =>
      onGrounds(`the word of ${family}`, mixInOklab(token(family), 0.62, token("fg"))),
    );
    const onFills = [
      ["on-accent on accent", contrastOf(token("on-accent"), token("accent"))],
      ["white on failed", contrastOf(parseHex("#ffffff"), token("failed"))],
    ] as const;
    expect(below(4.5, [...texts, ...words, ...onFills])).toEqual([]);
  });

  test.each(["normal", "protan", "deutan", "tritan"] as const)("states are told apart in %s vision", (vision) => {
    const alike = pairsOf(families).flatMap(([one, other]) => {
      const apart = differenceOf(seenBy(vision, token(one)), seenBy(vision, token(other)));
      return apart < 12.5 ? [`${one} and ${other}: ${apart.toFixed(1)}`] : [];
    });
    expect(alike).toEqual([]);
  });
});

test("words of states are mixed as the test of them reckons", () => {
  expect(sheet).toContain("color-mix(in oklab, --value(--color-*) 62%, var(--fg))");
});

describe("how colours are reckoned", () => {
  // Pairs of the paper's table 1, the awkward ones: hues around blue, across 0°, of greys and near black.
  test.each([
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, -1.3802, -84.2814], [50, 0, -82.7485], 1],
    [[50, 0, 0], [50, -1, 2], 2.3669],
    [[50, 2.49, -0.001], [50, -2.49, 0.0009], 7.1792],
    [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
    [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
  ] as const)("the difference of %j and %j is %d", (one, other, difference) => {
    expect(differenceOfLab(one, other)).toBeCloseTo(difference, 4);
    expect(differenceOfLab(other, one)).toBeCloseTo(difference, 4);
  });

  test("contrast is 21 between black and white", () => {
    expect(contrastOf(parseHex("#ffffff"), parseHex("#000000"))).toBeCloseTo(21, 6);
    expect(contrastOf(parseHex("#777777"), parseHex("#ffffff"))).toBeCloseTo(4.478, 3);
  });

  test("red and green that differ much are alike without the cones for them, and greys stay as they are", () => {
    const [red, green] = [parseHex("#b04a00"), parseHex("#6d6d00")];
    expect(differenceOf(red, green)).toBeGreaterThan(30);
    expect(differenceOf(seenBy("deutan", red), seenBy("deutan", green))).toBeLessThan(12.5);
    const grey = parseHex("#808080");
    for (const vision of ["protan", "deutan", "tritan"] as const)
      expect(differenceOf(seenBy(vision, grey), grey)).toBeLessThan(0.1);
  });
});
