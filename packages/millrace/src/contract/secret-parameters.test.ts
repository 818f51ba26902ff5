import { expect, test } from "vitest";
import { createMasker } from "../kit/mask.ts";
import { findSecretParameters, shownParameters } from "./secret-parameters.ts";

const masker = createMasker(["s3cr3t-value"]);
const mask = (text: string): string => masker.mask(text);

test.each<[string, string, readonly string[], string]>([
  ["nothing secret", '{"n":1}', [], '{"n":1}'],
  ["one", '{"n":1,"token":"s3cr3t-value"}', ["token"], '{"n":1,"token":"********"}'],
  ["one within a text", '{"url":"https://u:s3cr3t-value@h/"}', ["url"], '{"url":"********"}'],
  ["one deep in one", '{"a":{"b":["s3cr3t-value"]},"n":[1]}', ["a"], '{"a":"********","n":[1]}'],
  ["one as base64", `{"a":"${Buffer.from("user:s3cr3t-value").toString("base64")}"}`, ["a"], '{"a":"********"}'],
  [
    "a number beyond 2^53 beside",
    '{"n":9007199254740993,"t":"s3cr3t-value"}',
    ["t"],
    '{"n":9007199254740993,"t":"********"}',
  ],
  ["no object", '"s3cr3t-value"', [""], '"********"'],
  ["a list", '["s3cr3t-value"]', [""], '"********"'],
])("parameters with %s", (_, parameters, secretParameters, shown) => {
  expect(findSecretParameters(parameters, mask)).toEqual(secretParameters);
  expect(shownParameters({ parameters, extra: { secretParameters } })).toBe(shown);
  expect(shownParameters({ parameters, extra: {} })).toBe(parameters);
});
