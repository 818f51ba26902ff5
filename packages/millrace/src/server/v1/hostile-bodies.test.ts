import { testHostileBodies } from "../http/hostile-bodies.testsuite.ts";
import { createOpenApi } from "./openapi.ts";

/** What is there is JSON, and an error has a code and a message. */
testHostileBodies({
  description: createOpenApi({ version: "0" }),
  prefix: "",
  cases: 30,
  judge({ response: { status }, text }) {
    if (status === 204) return text === "" ? null : "a 204 with a body";
    if (status < 400) return JSON.parse(text) === undefined ? "nothing" : null;
    const { error } = JSON.parse(text) as { readonly error?: { readonly code?: unknown; readonly message?: unknown } };
    return typeof error?.code === "string" && typeof error.message === "string" ? null : "an error that is none";
  },
});
