import { expect, test } from "vitest";
import { camelNames } from "./camel-names.ts";

test("names are as in JavaScript, but for those that people give", () => {
  const at = new Date(0);
  const written = { work_pool: { job_variables: { my_image: 1 } }, pull_steps: [{ at_time: at }], the_queue: "a_b" };
  const options = { namedByPeople: new Set(["jobVariables"]), otherNames: { theQueue: "queue" } };
  expect(camelNames(written, options)).toEqual({
    workPool: { jobVariables: { my_image: 1 } },
    pullSteps: [{ atTime: at }],
    queue: "a_b",
  });
  expect(camelNames({ to_string: 1 }, options)).toEqual({ toString: 1 });
});
