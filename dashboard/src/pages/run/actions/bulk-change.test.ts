import { expect, test } from "vitest";
import { type BulkProgress, changeMany } from "./bulk-change.ts";

const where = { all: [] };
const refusal = (id: string) => ({ id, name: id, reason: "It runs." });

function pagesOf(count: number) {
  const asked: (string | null)[] = [];
  return {
    asked,
    change: async ({ cursor = null }: { readonly cursor?: string | null }) => {
      asked.push(cursor);
      const page = Number(cursor ?? 0);
      return {
        // What was changed does not meet the condition any more.
        matched: 2 * count - page,
        changed: [`run-${page}`],
        refused: [refusal(`other-${page}`)],
        next: page + 1 < count ? String(page + 1) : null,
      };
    },
  };
}

test("goes on from page to page, and adds up", async () => {
  const { change, asked } = pagesOf(3);
  const seen: BulkProgress[] = [];
  const signal = new AbortController().signal;
  const end = await changeMany({
    runs: { where, action: "cancel" },
    isDryRun: false,
    signal,
    onProgress: (each) => seen.push(each),
    change,
  });
  expect(asked).toEqual([null, "1", "2"]);
  expect(end).toMatchObject({ matched: 6, done: 6, changed: 3, refusedCount: 3, isFinished: true });
  expect(seen.map(({ done }) => done)).toEqual([2, 4, 6]);
});

test("stops between two calls, and says what was done", async () => {
  const { change, asked } = pagesOf(100);
  const stop = new AbortController();
  const end = await changeMany({
    runs: { where, action: "delete" },
    isDryRun: false,
    signal: stop.signal,
    onProgress: ({ done }) => (done === 4 ? stop.abort() : undefined),
    change,
  });
  expect(asked).toHaveLength(2);
  expect(end).toMatchObject({ changed: 2, isFinished: false });
});
