/** The tests of templates, behind `is`. */

import { compareValues, contains, isEqual, isMapping, missing, type Spend } from "./safe-template-values.ts";

export type Test = (value: unknown, args: readonly unknown[], spend: Spend) => boolean;

const isNumber = (value: unknown): value is number => typeof value === "number";
const equal: Test = (value, [other], spend) => isEqual(value, other, spend);

export const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ["defined", (value) => value !== missing],
  ["undefined", (value) => value === missing],
  ["none", (value) => value === null],
  ["true", (value) => value === true],
  ["false", (value) => value === false],
  ["boolean", (value) => typeof value === "boolean"],
  ["string", (value) => typeof value === "string"],
  ["number", isNumber],
  ["integer", (value) => Number.isInteger(value)],
  ["float", (value) => isNumber(value) && !Number.isInteger(value)],
  ["mapping", isMapping],
  ["sequence", (value) => Array.isArray(value) || typeof value === "string" || isMapping(value)],
  ["iterable", (value) => Array.isArray(value) || typeof value === "string" || isMapping(value)],
  ["odd", (value) => isNumber(value) && Math.abs(value % 2) === 1],
  ["even", (value) => isNumber(value) && value % 2 === 0],
  ["divisibleby", (value, [other]) => isNumber(value) && isNumber(other) && value % other === 0],
  ["in", (value, [whole], spend) => contains(whole, value, spend)],
  ["eq", equal],
  ["equalto", equal],
  ["sameas", equal],
  ["ne", (value, [other], spend) => !isEqual(value, other, spend)],
  ["lt", (value, [other], spend) => compareValues(value, other, spend) < 0],
  ["le", (value, [other], spend) => compareValues(value, other, spend) <= 0],
  ["gt", (value, [other], spend) => compareValues(value, other, spend) > 0],
  ["ge", (value, [other], spend) => compareValues(value, other, spend) >= 0],
  ["lower", (value) => typeof value === "string" && value === value.toLowerCase()],
  ["upper", (value) => typeof value === "string" && value === value.toUpperCase()],
]);
