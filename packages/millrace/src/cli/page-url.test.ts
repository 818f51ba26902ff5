import { expect, test } from "vitest";
import { pageUrl } from "./page-url.ts";

test.each([
  ["concurrency-limit", "01a", "http://there/limits/limit/01a"],
  ["work-pool", "my pool", "http://there/work-pools/work-pool/my%20pool"],
  ["variable", "batch_size", "http://there/variables?q=batch_size"],
  ["variable", "007", "http://there/variables?q=%22007%22"],
  ["variable", "true", "http://there/variables?q=%22true%22"],
] as const)("the page of the %s %s is %s", (kind, id, url) => {
  expect(pageUrl("http://there/", { kind, id })).toBe(url);
});
