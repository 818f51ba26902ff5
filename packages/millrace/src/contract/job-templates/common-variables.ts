/** The variables that job templates of every kind have. Names and types are those that Prefect's workers read. */

export type JobTemplate = Readonly<Record<string, unknown>>;

export const commonVariables = {
  name: { title: "Name", description: "What the worker calls what it starts for a run.", type: "string" },
  env: {
    title: "Environment Variables",
    description: "Set for each run, by name. Null sets none.",
    type: "object",
    additionalProperties: { anyOf: [{ type: "string" }, { type: "null" }] },
  },
  labels: {
    title: "Labels",
    description: "Put on what the worker starts for a run.",
    type: "object",
    additionalProperties: { type: "string" },
  },
  command: {
    title: "Command",
    description: "Starts the run. Left empty, the worker uses its own.",
    type: "string",
  },
} as const;

export const streamOutput = {
  title: "Stream Output",
  description: "Whether the worker prints what the run prints.",
  default: true,
  type: "boolean",
} as const;

/** Each of these as itself: `{ image: "{{ image }}" }`. */
export function filledFrom(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, `{{ ${name} }}`]));
}
