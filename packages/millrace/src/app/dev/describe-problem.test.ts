import { join } from "node:path";
import { expect, test } from "vitest";
import { MillraceError } from "../../contract/errors.ts";
import { toProblem } from "./describe-problem.ts";

const file = join(process.cwd(), "flows", "etl.ts");

function withStack(error: Error, stack: string): Error {
  error.stack = stack;
  return error;
}

test("a syntax error has the place that stands before its stack", () => {
  const cause = withStack(
    new SyntaxError("Unexpected token"),
    `file://${file}:3\nconst x = ;\n\nSyntaxError: Unexpected token\n    at node:x:1:1`,
  );
  const error = new MillraceError("MODULE_NOT_IMPORTABLE", { module: "flows/etl.ts", reason: "…" }, { cause });
  expect(toProblem(error, file)).toEqual({
    file,
    place: join("flows", "etl.ts:3"),
    code: "MODULE_NOT_IMPORTABLE",
    message: "SyntaxError: Unexpected token",
    fix: error.fix,
  });
});

test("an option that is not valid is told by itself, with the line of the user's that has it", () => {
  const option = new MillraceError("OPTION_INVALID", { definition: "Flow `x`", option: "retries", reason: "it is -1" });
  const ours = join(import.meta.dirname, "flow.ts");
  withStack(
    option,
    `MillraceError: …\n    at flow (file://${ours}:9:9)\n    at file://${file}:12:20\n    at node:internal:1:1`,
  );
  const error = new MillraceError("MODULE_NOT_IMPORTABLE", { module: "x", reason: "…" }, { cause: option });
  expect(toProblem(error, file)).toMatchObject({
    place: join("flows", "etl.ts:12:20"),
    code: "OPTION_INVALID",
    message: option.message,
  });
});

test("what is no error of ours, or has no place, is told as it is", () => {
  expect(toProblem("broken\nin two lines", file)).toMatchObject({
    place: null,
    code: null,
    message: "Error: broken",
    fix: null,
  });
});
