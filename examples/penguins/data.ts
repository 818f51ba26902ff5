/** Palmer penguins (344 birds of three species, with the gaps of the real field notes): reading, checking, splitting. */

import { readFile } from "node:fs/promises";

export const species = ["Adelie", "Chinstrap", "Gentoo"] as const;
export const features = ["beakLength", "beakDepth", "flipperLength", "bodyMass", "sex"] as const;

export type Species = (typeof species)[number];
export type Feature = (typeof features)[number];

/** One bird: lengths in mm, mass in g, sex 0 (female) or 1 (male); null where nobody wrote it down. */
export type Sighting = { readonly species: Species } & Readonly<Record<Feature, number | null>>;
/** A bird whose every feature is known. */
export type Penguin = { readonly species: Species } & Readonly<Record<Feature, number>>;

export interface Split {
  readonly train: readonly Penguin[];
  readonly validation: readonly Penguin[];
  readonly test: readonly Penguin[];
}

/** The file as npm's vega-datasets ships it. */
export const penguinsFile = new URL("../data/penguins.json", import.meta.resolve("vega-datasets")).href;

export async function readSightings(file: string): Promise<Sighting[]> {
  const rows: Record<string, string | number | null>[] = JSON.parse(await readFile(new URL(file), "utf8"));
  const number = (value: unknown) => (typeof value === "number" ? value : null);
  return rows.map((row) => ({
    species: row.Species as Species,
    beakLength: number(row["Beak Length (mm)"]),
    beakDepth: number(row["Beak Depth (mm)"]),
    flipperLength: number(row["Flipper Length (mm)"]),
    bodyMass: number(row["Body Mass (g)"]),
    sex: row.Sex === "MALE" ? 1 : row.Sex === "FEMALE" ? 0 : null, // one bird's sex is "."
  }));
}

/** The share of birds, 0 to 1, for which each feature is missing. */
export function missingShares(rows: readonly Sighting[]): Record<Feature, number> {
  const share = (feature: Feature) => rows.filter((row) => row[feature] === null).length / rows.length;
  return Object.fromEntries(features.map((feature) => [feature, share(feature)])) as Record<Feature, number>;
}

export function isComplete(row: Sighting): row is Penguin {
  return features.every((feature) => row[feature] !== null);
}

/** 60 % to train on, 20 % to choose by, 20 % to judge by; each part has the species in equal shares. */
export function splitBySpecies(rows: readonly Penguin[], seed: number): Split {
  const random = mulberry32(seed);
  const shuffled = rows
    .map((row) => ({ row, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ row }) => row);
  const groups = species.map((name) => shuffled.filter((row) => row.species === name));
  const part = (from: number, to: number) =>
    groups.flatMap((group) => group.slice(Math.round(group.length * from), Math.round(group.length * to)));
  return { train: part(0, 0.6), validation: part(0.6, 0.8), test: part(0.8, 1) };
}

/** A small seeded random source (Tommy Ettinger's mulberry32): the same seed, the same split. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
