/** A run of a deployment as it stands in the fields of its form, and the ways to ask for it. */

import type { Deployment, JsonObject, RunSubmission } from "millrace/client";
import { fromFieldTime } from "../../format/zone-time.ts";
import { toWord } from "../../format/shell.ts";
import { toReference } from "./readiness.ts";

export interface RunRequest {
  readonly parameters: JsonObject;
  readonly name: string;
  /** Apart by commas. */
  readonly tags: string;
  readonly when: "now" | "at";
  /** On the clock of the page. */
  readonly at: string;
  readonly queue: string;
  /** As JSON. */
  readonly jobVariables: string;
}

export const emptyRequest: RunRequest = {
  parameters: {},
  name: "",
  tags: "",
  when: "now",
  at: "",
  queue: "",
  jobVariables: "",
};

export type RequestFaults = Readonly<Partial<Record<"at" | "jobVariables", string>>>;

export function toSubmission(
  { id, parameters: own = {} }: Pick<Deployment, "id" | "parameters">,
  request: RunRequest,
  zone: string,
): { readonly submission: RunSubmission; readonly faults: RequestFaults } {
  const { name, queue } = request;
  const faults: Partial<Record<"at" | "jobVariables", string>> = {};
  const scheduledAt = request.when === "now" ? null : fromFieldTime(request.at, zone);
  if (request.when === "at" && scheduledAt === null) faults.at = "Say when: a day and a time.";
  const jobVariables = readObject(request.jobVariables);
  if (jobVariables === null) faults.jobVariables = 'Write a JSON object: { "image": "…" }.';
  const tags = toTags(request.tags);
  return {
    faults,
    submission: {
      deployment: id,
      parameters: toChanged(own, request.parameters),
      ...(name.trim() === "" ? {} : { name: name.trim() }),
      ...(tags.length === 0 ? {} : { tags }),
      ...(scheduledAt === null ? {} : { scheduledAt }),
      ...(queue === "" ? {} : { workQueueName: queue }),
      ...(jobVariables === null || Object.keys(jobVariables).length === 0 ? {} : { jobVariables }),
    },
  };
}

export const toTags = (text: string): readonly string[] => [
  ...new Set(text.split(",").flatMap((tag) => (tag.trim() === "" ? [] : [tag.trim()]))),
];

/** Null for what is no JSON object. */
function readObject(text: string): JsonObject | null {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}

/** Those that are not the deployment's anyway. */
function toChanged(own: JsonObject, given: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => JSON.stringify(own[name]) !== JSON.stringify(value)),
  );
}

export type CopyKind = "command" | "typescript" | "curl";

/** The same, from elsewhere. */
export const copyTexts: Readonly<
  Record<CopyKind, (deployment: Deployment, submission: RunSubmission, serverUrl: string) => string>
> = {
  command: (deployment, submission) => {
    const { parameters = {}, name, tags = [], scheduledAt, workQueueName, jobVariables = {} } = submission;
    return [
      `millrace deployment run ${toReference(deployment)}`,
      Object.keys(parameters).length === 0 ? "" : ` --params ${toWord(JSON.stringify(parameters))}`,
      name === undefined ? "" : ` --name ${toWord(name)}`,
      ...tags.map((tag) => ` -t ${toWord(tag)}`),
      scheduledAt === undefined ? "" : ` --at ${new Date(scheduledAt).toISOString()}`,
      workQueueName === undefined ? "" : ` --queue ${toWord(workQueueName)}`,
      ...Object.entries(jobVariables).map(
        ([key, value]) =>
          ` --job-variable ${toWord(`${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)}`,
      ),
    ].join("");
  },
  typescript: ({ flowName, name }, submission, serverUrl) =>
    [
      'import { createClient } from "millrace/client";',
      "",
      `const api = createClient({ url: ${JSON.stringify(serverUrl)} });`,
      `const { run } = await api.submitRun(${JSON.stringify({ ...submission, deployment: `${flowName}/${name}` }, null, 2)});`,
    ].join("\n"),
  curl: (_, submission, serverUrl) =>
    [
      `curl ${toWord(`${serverUrl}v1/flow-runs/submit`)}`,
      "-H 'content-type: application/json'",
      `-d ${toWord(JSON.stringify(submission))}`,
    ].join(" \\\n  "),
};
