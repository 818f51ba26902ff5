import { expect, test } from "vitest";
import { toRerunCommand } from "./rerun-command.ts";

const choice = {
  run: { id: "r1" },
  deployment: { flowName: "etl", name: "nightly" },
  step: null,
  values: { day: "Monday", size: 4 },
  changed: { size: 4 },
  name: "",
};
const step = { id: "t1", title: "fit (failed)", word: "fit" };

test("a run of a deployment is submitted anew, or from a step with what was before it", () => {
  expect(toRerunCommand(choice)).toBe(`millrace deployment run etl/nightly --params '{"day":"Monday","size":4}'`);
  expect(toRerunCommand({ ...choice, step, name: "again" })).toBe(
    `millrace deployment run etl/nightly --rerun-of r1 --from fit --params '{"size":4}' --name again`,
  );
  expect(toRerunCommand({ ...choice, step, changed: {} })).toBe(
    "millrace deployment run etl/nightly --rerun-of r1 --from fit",
  );
});

test("a run without one is run again where its code is", () => {
  expect(toRerunCommand({ ...choice, deployment: null })).toBe(`millrace flow-run rerun r1 --params '{"size":4}'`);
  expect(toRerunCommand({ ...choice, deployment: null, step, changed: {} })).toBe(
    "millrace flow-run rerun r1 --from fit",
  );
});
