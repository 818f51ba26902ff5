import { EventEmitter } from "node:events";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import { createDigest } from "../kit/digest.ts";
import { createJsonSerializer } from "./json-serializer.ts";

const serializer = createJsonSerializer();
const encode = (value: unknown): string => serializer.encode(value) as string;
const decode = (text: string): unknown => serializer.decode(text);

function roundTrip<T>(error: T): T {
  return decode(encode(error)) as T;
}

class HttpError extends RangeError {
  override readonly name = "HttpError";
  readonly status: number;
  readonly retryAt: Date;

  constructor(status: number) {
    super(`answered ${status}`);
    this.status = status;
    this.retryAt = new Date(status);
  }
}

test.each([Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])("a %o", (BuiltIn) => {
  const error = new BuiltIn("it broke", { cause: { rows: 3n } });
  const back = roundTrip(error);
  expect(Object.getPrototypeOf(back)).toBe(BuiltIn.prototype);
  expect(back).toStrictEqual(error);
  expect(back.stack).toBe(error.stack);
  expect(Object.keys(back)).toEqual([]);
  expect(createDigest()([back])).toBe(createDigest()([error]));
});

test("a chain of causes", () => {
  const error = new Error("outer", { cause: new TypeError("middle", { cause: new HttpError(503) }) });
  expect(roundTrip(error)).toMatchObject({
    message: "outer",
    cause: { name: "TypeError", cause: { name: "HttpError", status: 503, retryAt: new Date(503) } },
  });
});

test("several errors in one", () => {
  const error = new AggregateError([new TypeError("one"), "two", undefined], "none worked");
  const back = roundTrip(error);
  expect(back).toBeInstanceOf(AggregateError);
  expect(back.message).toBe("none worked");
  expect(back.errors).toStrictEqual(error.errors);
});

test("an error of the user's own class comes back as the nearest that is known, with its name and properties", () => {
  const back = roundTrip<Error>(new HttpError(404));
  expect(back).toBeInstanceOf(RangeError);
  expect(back).not.toBeInstanceOf(HttpError);
  expect(back).toMatchObject({ name: "HttpError", message: "answered 404", status: 404, retryAt: new Date(404) });
});

test("an error of Node has its code", async () => {
  const error: unknown = await readFile("/nothing/here").catch((caught: unknown) => caught);
  expect(roundTrip(error)).toMatchObject({ code: "ENOENT", syscall: "open", path: "/nothing/here" });
});

test("an aborted signal's reason", () => {
  const reason: unknown = AbortSignal.abort().reason;
  const back = roundTrip(reason);
  expect(back).toBeInstanceOf(DOMException);
  expect(back).toMatchObject({ name: "AbortError", code: 20, message: (reason as Error).message });
});

describe("an error of the catalogue", () => {
  test("is one again", () => {
    const cause = new TypeError("no");
    const error = new MillraceError("LEDGER_BUSY", { location: "/tmp", waited: "5s", since: new Date(0) }, { cause });
    const back = roundTrip(error);
    expect(back).toBeInstanceOf(MillraceError);
    expect(back).toStrictEqual(error);
    expect(Object.keys(back)).toEqual(Object.keys(error));
    expect(isMillraceError(back, "LEDGER_BUSY") && back.retryable).toBe(true);
  });

  test("keeps the words it had", () => {
    const text = encode(new MillraceError("LEDGER_BUSY", { location: "/tmp", waited: "5s" })).replaceAll(
      "locked",
      "held",
    );
    expect(decode(text)).toMatchObject({
      code: "LEDGER_BUSY",
      message: "The ledger at /tmp was held by another process for 5s.",
    });
  });

  test("of a later version is still recognised", () => {
    const text = encode(new MillraceError("LEDGER_BUSY", {})).replaceAll("LEDGER_BUSY", "LEDGER_ON_FIRE");
    const back = decode(text);
    expect(isMillraceError(back) && String(back.code)).toBe("LEDGER_ON_FIRE");
    expect(back).toMatchObject({ retryable: true, status: 503 });
  });
});

describe("is kept without what cannot be kept", () => {
  test("its properties", () => {
    const error = Object.assign(new Error("refused"), {
      status: 401,
      request: { headers: { accept: "*/*" }, agent: new EventEmitter(), retry: () => 1 },
    });
    const back = roundTrip<Error>(error);
    expect(back).toMatchObject({ message: "refused", status: 401 });
    expect(back).not.toHaveProperty("request");
  });

  test("its cause, and itself", () => {
    const error = Object.assign(new Error("outer", { cause: () => 1 }), { self: {} });
    error.self = error;
    const list = [error, { at: error }];
    const back = roundTrip(list);
    expect(back).toMatchObject([{ message: "outer" }, { at: { message: "outer" } }]);
    expect(back[0]).not.toHaveProperty("cause");
    expect(back[0]).not.toHaveProperty("self");
  });
});

test("an object that holds an error that holds it", () => {
  const error = Object.assign(new Error("x"), { context: {} });
  const context = { error, id: 1 };
  error.context = context;
  expect(roundTrip<unknown>([error, context])).toMatchObject([{ message: "x" }, { error: { message: "x" }, id: 1 }]);
});

test("an error without a stack has none afterwards", () => {
  const error = new Error("x");
  delete error.stack;
  expect(roundTrip(error).stack).toBeUndefined();
});
