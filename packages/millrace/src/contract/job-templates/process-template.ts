import { commonVariables, filledFrom, type JobTemplate, streamOutput } from "./common-variables.ts";

const variables = {
  ...commonVariables,
  stream_output: streamOutput,
  working_dir: {
    title: "Working Directory",
    description: "The folder that the run's process starts in. Left empty, it is a temporary one.",
    type: "string",
    format: "path",
  },
} as const;

/** A process of the worker's own machine. */
export const processTemplate: JobTemplate = {
  job_configuration: filledFrom(Object.keys(variables)),
  variables: { type: "object", properties: variables },
};
