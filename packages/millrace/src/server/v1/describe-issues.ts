/** What is wrong with a request, as one line. */

import type { z } from "zod";
import type { ArgumentPlace } from "../../contract/wire/v1-calls.ts";

/** Issues named in an error; the rest are counted. */
const maxIssues = 5;

export function describeIssues(place: ArgumentPlace, issues: readonly z.core.$ZodIssue[]): string {
  const named = issues.slice(0, maxIssues).map(({ path, message }) => {
    const at = [place.in === "body" ? "body" : place.in, ...(place.name === null ? [] : [place.name]), ...path];
    return `${at.map(String).join(".")}: ${message}`;
  });
  return [...named, ...(issues.length > maxIssues ? [`${issues.length - maxIssues} more`] : [])].join("; ");
}
