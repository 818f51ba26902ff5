import { expect, test } from "vitest";
import { inheritedOptions } from "./node-options.ts";

test("a worker shares conditions and loaders, and neither debugger nor code", () => {
  const given = ["--conditions=a", "--inspect-brk=1", "--import", "tsx", "--input-type=module", "-e", "1 + 1"];
  expect(inheritedOptions(given)).toEqual(["--conditions=a", "--import", "tsx"]);
  expect(inheritedOptions([])).toEqual([]);
});
