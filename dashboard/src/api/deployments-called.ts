import type { Condition } from "millrace/client";

/** By a part of its name or of its flow's, or of both as they are written: `daily-sales/prod`. */
export function deploymentsCalled(text: string): Condition {
  const slash = text.indexOf("/");
  return {
    any: [
      { field: "name", contains: text },
      { field: "flowName", contains: text },
      ...(slash === -1
        ? []
        : [
            {
              all: [
                { field: "flowName", contains: text.slice(0, slash) },
                { field: "name", contains: text.slice(slash + 1) },
              ],
            },
          ]),
    ],
  };
}
