/** What is kept of the words that user code gives: without secrets, and not longer than it has to be. */

import { describe, expect, test } from "vitest";
import { secret } from "../sdk/secrets.ts";
import { failed } from "../sdk/returned-states.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

const token = "open-sesame-1234";
const longest = 16_384;

describe.each([
  ["an error", () => Promise.reject(new Error(`${"x".repeat(longest - 8)}${token} é${"é".repeat(100_000)}`))],
  ["a state that is returned", () => failed({ message: `${"x".repeat(longest - 8)}${token} é${"é".repeat(100_000)}` })],
] as const)("%s with a secret and without an end", (_, end) => {
  const body = async (): Promise<unknown> => {
    await secret.get("token");
    return end();
  };
  const step = task({ name: "step" }, body);

  test.each([
    ["fails a flow", flow({ name: "failing" }, body)],
    ["fails a task", flow({ name: "failing" }, async () => step())],
    ["is tried again", flow({ name: "failing" }, async () => step.withOptions({ retries: 1 })())],
    ["has a fallback", flow({ name: "failing" }, async () => step.withOptions({ fallback: () => 1 })())],
    [
      "is an input",
      flow({ name: "failing" }, async () => task({ name: "take" }, async (value: unknown) => value)(step.submit())),
    ],
  ])("%s", async (__, failing) => {
    await using ledger = await createTestLedger();
    await secret.set("token", token);
    const { run } = await ledger.run(failing);
    const records = await ledger.taskRuns(run);
    const { history, error } = await ledger.read(run);
    const kept = [
      history,
      error?.message,
      records.map((each) => [each.history, each.reasonDetail, each.error?.message]),
    ];
    expect(JSON.stringify(kept)).not.toContain("open-se");
    const texts = [
      ...[...history, ...records.flatMap((each) => each.history)].map(({ message }) => message ?? ""),
      ...records.map(({ reasonDetail }) => reasonDetail ?? ""),
    ].map((text) => Buffer.byteLength(text));
    expect(Math.max(...texts)).toBeLessThanOrEqual(longest);
    expect(Math.max(...texts)).toBeGreaterThan(longest / 2);
  });
});
