import { testHostileBodies } from "../http/hostile-bodies.testsuite.ts";
import { createPrefectOpenApi } from "./openapi.ts";

/** What is refused by Prefect's own words has reasons of its own; what is not JSON is a file. */
testHostileBodies({
  description: createPrefectOpenApi({ version: "0" }),
  prefix: "/api",
  cases: 12,
  judge({ response, text }) {
    if (text !== "" && response.headers.get("content-type")?.includes("json") === true) JSON.parse(text);
    return null;
  },
});
