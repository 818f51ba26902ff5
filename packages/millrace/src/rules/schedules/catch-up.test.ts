import { describe, expect, test } from "vitest";
import type { CatchUpPolicy } from "../../contract/schedules.ts";
import { decideCatchUp } from "./catch-up.ts";

describe("due times 10, 20 and 30 found at 1,000, and one at 990 within a grace of 100", () => {
  test.each<[string, CatchUpPolicy, number[], number[]]>([
    ["skip runs what is on time", { policy: "skip" }, [10, 20, 30, 990], [990]],
    ["skip runs nothing that was missed", { policy: "skip" }, [10, 20, 30], []],
    ["latest runs what is on time", { policy: "latest" }, [10, 20, 30, 990], [990]],
    ["latest runs the last that was missed", { policy: "latest" }, [10, 20, 30], [30]],
    ["all runs the last of them, and what is on time", { policy: "all", max: 2 }, [10, 20, 30, 990], [20, 30, 990]],
    ["all runs all when there are fewer", { policy: "all", max: 9 }, [10, 20, 30], [10, 20, 30]],
    ["nothing was due", { policy: "latest" }, [], []],
    ["what is still to come is left out", { policy: "all", max: 9 }, [10, 990, 1001], [10, 990]],
    ["the edge of the grace is on time", { policy: "skip" }, [899, 900, 1000], [900, 1000]],
  ])("%s", (_, policy, due, expected) => {
    expect(decideCatchUp({ due, nowMs: 1_000, policy, graceMs: 100 })).toEqual(expected);
  });
});
