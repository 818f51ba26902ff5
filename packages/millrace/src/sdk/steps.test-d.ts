/** Types of what is called in a run: answers, signals, waits, variables, artifacts, transactions. */

import { S3Client } from "@aws-sdk/client-s3";
import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  artifact,
  completed,
  context,
  emit,
  now,
  type Progress,
  pause,
  type ReturnedState,
  random,
  secret,
  secretProvider,
  signal,
  sleep,
  type State,
  suspend,
  transaction,
  uuid,
  variable,
  waitFor,
  waitForFile,
  waitForHttp,
  waitForRow,
  waitForRun,
  waitForS3Key,
  waitUntil,
  withTags,
} from "../exports/index.ts";

test("time and chance", () => {
  expectTypeOf(sleep("10m")).toEqualTypeOf<Promise<void>>();
  expectTypeOf(sleep({ until: new Date(0) })).toEqualTypeOf<Promise<void>>();
  expectTypeOf(now()).toEqualTypeOf<Promise<Date>>();
  expectTypeOf(random()).toEqualTypeOf<Promise<number>>();
  expectTypeOf(uuid()).toEqualTypeOf<Promise<string>>();
  // @ts-expect-error a duration has a unit
  void sleep("10");
});

test("an answer is what the schema gives", () => {
  const input = z.object({ approve: z.stringbool() });
  expectTypeOf(pause({ input, timeout: "2h" })).toEqualTypeOf<Promise<{ approve: boolean }>>();
  expectTypeOf(suspend({ input })).toEqualTypeOf<Promise<{ approve: boolean }>>();
  expectTypeOf(pause()).toEqualTypeOf<Promise<void>>();
  expectTypeOf(suspend({ key: "friday" })).toEqualTypeOf<Promise<void>>();
});

test("what a pause does when nobody answers follows its schema", () => {
  const input = z.object({ approve: z.boolean(), day: z.string().transform((day) => new Date(day)) });
  const answer = { approve: true, day: "2026-11-22" };
  expectTypeOf(pause({ input, timeout: "2h", onTimeout: { answer } })).toEqualTypeOf<
    Promise<{ approve: boolean; day: Date }>
  >();
  expectTypeOf(pause({ input, initialValues: { approve: true }, onTimeout: "fail" })).toEqualTypeOf<
    Promise<{ approve: boolean; day: Date }>
  >();
  expectTypeOf(suspend({ timeout: "2h", onTimeout: "go-on", answerers: ["ada"] })).toEqualTypeOf<Promise<void>>();
  // @ts-expect-error the answer is given as the schema takes it
  void pause({ input, timeout: "2h", onTimeout: { answer: { approve: true, day: new Date(0) } } });
  // @ts-expect-error a field is missing
  void pause({ input, timeout: "2h", onTimeout: { answer: { approve: true } } });
  // @ts-expect-error a question is not passed over
  void pause({ input, timeout: "2h", onTimeout: "go-on" });
  // @ts-expect-error there is no question to answer
  void pause({ timeout: "2h", onTimeout: { answer: 1 } });
  // @ts-expect-error no field of the form
  void suspend({ input, initialValues: { approved: true } });
});

describe("a signal", () => {
  const at = signal("at", { schema: z.string().transform((day) => new Date(day)) });

  test("is sent as the schema takes it, and received as the schema gives it", async () => {
    expectTypeOf(at.wait({ timeout: "1h" })).toEqualTypeOf<Promise<Date>>();
    expectTypeOf(at.send("id", "2026-11-22", { id: "first" })).toEqualTypeOf<Promise<boolean>>();
    for await (const day of at) expectTypeOf(day).toEqualTypeOf<Date>();
    // @ts-expect-error the schema takes a text
    void at.send("id", new Date(0));
  });

  test("without a schema has the type it is given, or none", () => {
    expectTypeOf(signal<{ by: string }>("approve").wait()).toEqualTypeOf<Promise<{ by: string }>>();
    expectTypeOf(signal("approve").wait()).toEqualTypeOf<Promise<unknown>>();
  });
});

test("waits give what they waited for", () => {
  expectTypeOf(waitFor(() => (context().tags.length > 0 ? { id: 1 } : undefined))).toEqualTypeOf<
    Promise<{ id: number }>
  >();
  expectTypeOf(waitFor(async () => context().tags.length > 0)).toEqualTypeOf<Promise<true>>();
  expectTypeOf(waitForRow(async (): Promise<{ id: number } | undefined> => undefined)).toEqualTypeOf<
    Promise<{ id: number }>
  >();
  expectTypeOf(waitForFile("orders.csv", { stableFor: "5s" })).resolves.toHaveProperty("sizeBytes");
  expectTypeOf(waitForHttp("https://example.com", { status: [200, 204] })).resolves.toHaveProperty("status");
  expectTypeOf(
    waitForHttp("https://example.com", { until: async (response) => response.ok && { id: 1 } }),
  ).toEqualTypeOf<Promise<{ id: number }>>();
  expectTypeOf(waitForS3Key({ bucket: "b", key: "k", client: new S3Client() })).resolves.toHaveProperty("etag");
  expectTypeOf(waitForRun("id", { every: { min: "1s", max: "1m", jitter: 0 } })).toEqualTypeOf<Promise<State>>();
  expectTypeOf(waitUntil(new Date(0))).toEqualTypeOf<Promise<void>>();
});

test("variables have the type of the schema, of the default, or none", () => {
  expectTypeOf(variable.get("limit", { schema: z.int() })).toEqualTypeOf<Promise<number>>();
  expectTypeOf(variable.get("limit", { default: 3 as number })).toEqualTypeOf<Promise<number>>();
  expectTypeOf(variable.get<{ eu: string }>("regions")).toEqualTypeOf<Promise<{ eu: string }>>();
  expectTypeOf(variable.get("regions")).toEqualTypeOf<Promise<unknown>>();
  expectTypeOf(variable.set("limit", 3, { tags: ["nightly"], overwrite: false })).toEqualTypeOf<Promise<void>>();
  expectTypeOf(variable.delete("limit")).toEqualTypeOf<Promise<boolean>>();
  // @ts-expect-error the default is not what the schema gives
  void variable.get("limit", { schema: z.int(), default: "three" });
});

test("secrets are texts", () => {
  expectTypeOf(secret.get("token")).toEqualTypeOf<Promise<string>>();
  // @ts-expect-error a secret is a text
  void secret.set("token", 3);
  expectTypeOf(secretProvider({ name: "vault", read: async () => null })).toExtend<Disposable>();
});

test("artifacts give their ids, a progress its handle", () => {
  expectTypeOf(artifact.markdown("# Report", { key: "report" })).toEqualTypeOf<Promise<string>>();
  expectTypeOf(artifact.table([{ id: 1 }])).toEqualTypeOf<Promise<string>>();
  expectTypeOf(artifact.table({ columns: ["id"], rows: [[1]] })).toEqualTypeOf<Promise<string>>();
  expectTypeOf(artifact.image(new Uint8Array())).toEqualTypeOf<Promise<string>>();
  expectTypeOf(artifact.progress({ value: 0.5 })).toEqualTypeOf<Promise<Progress>>();
  expectTypeOf(emit("orders.loaded", { payload: { rows: 3 } })).toEqualTypeOf<Promise<string>>();
  // @ts-expect-error rows are objects
  void artifact.table([1, 2]);
  // @ts-expect-error markdown is a text
  void artifact.markdown(3);
});

test("a transaction gives what its body gives, and so does withTags", () => {
  expectTypeOf(transaction(async ({ committed }) => committed)).toEqualTypeOf<Promise<boolean>>();
  expectTypeOf(transaction({ key: "load" }, () => 3)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(withTags(["nightly"], () => 3)).toEqualTypeOf<number>();
});

test("a state that is returned needs no value", () => {
  expectTypeOf(completed()).toExtend<ReturnedState>();
  expectTypeOf(completed({ message: "nothing to do", value: 3 }))
    .toHaveProperty("value")
    .toEqualTypeOf<number>();
  // @ts-expect-error a message is a text
  completed({ message: 3 });
});
