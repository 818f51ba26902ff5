import { expect, test } from "vitest";
import { isRace, toStoreError } from "./errors.ts";

const withCode = (code: string, message = "it went wrong"): Error => Object.assign(new Error(message), { code });

test.each([
  ["08006", "DATABASE_UNREACHABLE"],
  ["28P01", "DATABASE_UNREACHABLE"],
  ["3D000", "DATABASE_UNREACHABLE"],
  ["53300", "DATABASE_UNREACHABLE"],
  ["57P01", "DATABASE_UNREACHABLE"],
  ["25P03", "DATABASE_UNREACHABLE"],
  ["ECONNREFUSED", "DATABASE_UNREACHABLE"],
  ["ENOTFOUND", "DATABASE_UNREACHABLE"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "DATABASE_UNREACHABLE"],
  ["53100", "LEDGER_FULL"],
  ["25006", "LEDGER_UNWRITABLE"],
  ["42501", "LEDGER_UNWRITABLE"],
  ["XX001", "LEDGER_CORRUPT"],
  ["40P01", "LEDGER_BUSY"],
])("%s is %s", (code, expected) => {
  const cause = withCode(code);
  expect(toStoreError(cause, "postgres://db")).toMatchObject({
    code: expected,
    data: { location: "postgres://db" },
    cause,
  });
});

test.each(["22003", "22P02"])("%s is a value that cannot be kept", (code) => {
  const cause = withCode(code, "1.5 is no integer");
  expect(toStoreError(cause, "x")).toMatchObject({
    code: "OBJECT_INVALID",
    data: { reason: "1.5 is no integer" },
    cause,
  });
});

test("a connection that ended has no code, and is seen", () => {
  const error = new Error("Connection terminated unexpectedly");
  expect(toStoreError(error, "x")).toMatchObject({ code: "DATABASE_UNREACHABLE", data: { reason: error.message } });
});

test("addresses that all refused are named", () => {
  const attempts = [new Error("connect ECONNREFUSED ::1:5432"), new Error("connect ECONNREFUSED 127.0.0.1:5432")];
  const error = Object.assign(new AggregateError(attempts, ""), { code: "ECONNREFUSED" });
  expect(toStoreError(error, "x")).toMatchObject({
    data: { reason: "connect ECONNREFUSED ::1:5432; connect ECONNREFUSED 127.0.0.1:5432" },
  });
});

test("what is a bug of ours stays what it is", () => {
  for (const error of [withCode("42601"), withCode("23505"), new TypeError("x is not a function"), "a text"]) {
    expect(toStoreError(error, "x")).toBe(error);
    expect(isRace(error)).toBe(false);
  }
  expect(isRace(withCode("40001"))).toBe(true);
});
