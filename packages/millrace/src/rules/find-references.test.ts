import { expect, test } from "vitest";
import { findReferences } from "./find-references.ts";

const id = "0192ab34-0000-7000-8000-000000000001";
const block = { kind: "block-document", id, type: "aws-credentials", name: "team" } as const;
const variable = { kind: "variable", name: "batch-size" } as const;

test("a block is referred to by its id, wherever it stands", () => {
  const value = {
    storage: id.toUpperCase(),
    variables: { properties: { key: { default: { $ref: { block_document_id: id } } } } },
    other: "0192ab34-0000-7000-8000-000000000002",
    list: [{ blockDocumentId: id }],
  };
  expect(findReferences(value, block)).toEqual([
    "storage",
    "variables.properties.key.default.$ref.block_document_id",
    "list.0.blockDocumentId",
  ]);
});

test.each([
  ["{{ prefect.blocks.aws-credentials.team }}", true],
  ["{{blocks.aws-credentials.team.access_key}}", true],
  ["a {{ $HOME }} and {{ prefect.blocks.aws-credentials.team.a }}", true],
  ["{{ prefect.blocks.aws-credentials.team-2 }}", false],
  ["{{ prefect.blocks.aws-credentialsxteam }}", false],
  ["{{ prefect.blocks.secret.team }}", false],
  ["{{ build.blocks.aws-credentials.team }}", false],
  ["prefect.blocks.aws-credentials.team", false],
])("a block in the template %s: %s", (text, is) => {
  expect(findReferences({ a: [text] }, block)).toEqual(is ? ["a.0"] : []);
});

test.each([
  ["{{ prefect.variables.batch-size }}", true],
  ["{{ variables.batch-size | upper }}", true],
  ["{% if variables['batch-size'] == 4 %}big{% endif %}", true],
  ['{{ variables["batch-size"] }}', true],
  ["{{ variables.batch-size-2 }}", false],
  ["{{ variables.batch }}", false],
  ["{{ my_variables.batch-size }}", false],
])("a variable in the template %s: %s", (text, is) => {
  expect(findReferences({ a: { b: text } }, variable)).toEqual(is ? ["a.b"] : []);
});

test("a variable is the value of a parameter", () => {
  const parameters = { size: { __prefect_kind: "workspace_variable", variable_name: "batch-size" } };
  expect(findReferences({ parameters }, variable)).toEqual(["parameters.size"]);
  expect(findReferences({ parameters }, { ...variable, name: "other" })).toEqual([]);
});

test("what is very deep is left out", () => {
  let deep: unknown = id;
  for (let level = 0; level < 10_000; level++) deep = { deep };
  expect(findReferences(deep, block)).toEqual([]);
});
