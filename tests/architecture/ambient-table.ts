/**
 * What comes from outside of a program's arguments (time, randomness, the environment) is read in one place each, so that
 * a test can own it. Names are as they are written in the code; `node:crypto randomUUID` is that name imported from there.
 */

export interface AmbientRule {
  readonly names: readonly string[];
  /** Files of packages/millrace/src, as glob patterns, that may use them. */
  readonly allowedIn: readonly string[];
  readonly instead: string;
}

export const ambientTable: readonly AmbientRule[] = [
  {
    names: ["Date.now", "Date()", "new Date()", "performance.now", "process.hrtime"],
    allowedIn: ["kit/clock.ts"],
    instead: "the clock of kit/clock.ts",
  },
  {
    names: [
      "Math.random",
      "crypto.randomUUID",
      "crypto.randomBytes",
      "crypto.getRandomValues",
      "node:crypto randomBytes",
      "node:crypto randomFillSync",
      "node:crypto randomInt",
      "node:crypto randomUUID",
    ],
    allowedIn: ["kit/random.ts", "kit/ids.ts"],
    instead: "the source of kit/random.ts, or an id of kit/ids.ts",
  },
  {
    names: ["process.env", "node:process env"],
    allowedIn: ["app/settings.ts"],
    instead: "a setting of app/settings.ts",
  },
];
