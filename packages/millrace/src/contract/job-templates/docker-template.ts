import { commonVariables, filledFrom, type JobTemplate, streamOutput } from "./common-variables.ts";

const textList = { type: "array", items: { type: "string" } } as const;

const variables = {
  ...commonVariables,
  image: {
    title: "Image",
    description: "The image of the run's container. Left empty, it is Prefect's of the worker's version.",
    example: "docker.io/prefecthq/prefect:3-latest",
    type: "string",
  },
  registry_credentials: {
    title: "Registry Credentials",
    description: "A block with the login of the registry that has the image.",
    allOf: [{ $ref: "#/definitions/DockerRegistryCredentials" }],
  },
  image_pull_policy: {
    title: "Image Pull Policy",
    description: "When the image is pulled.",
    enum: ["IfNotPresent", "Always", "IfPossible", "Never"],
    type: "string",
  },
  networks: { title: "Networks", description: "Docker networks that the container joins.", ...textList },
  network_mode: {
    title: "Network Mode",
    description: "Docker's network mode, such as host or bridge. Not together with networks.",
    type: "string",
  },
  auto_remove: {
    title: "Auto Remove",
    description: "Whether the container is removed once it has ended.",
    default: false,
    type: "boolean",
  },
  volumes: {
    title: "Volumes",
    description: "What is mounted into the container.",
    example: ["/data/input:/input"],
    ...textList,
  },
  stream_output: streamOutput,
  container_wait_timeout: {
    title: "Container Wait Timeout",
    description:
      "How long the worker watches the container, in seconds. The container goes on after that. Left empty, it watches without end.",
    exclusiveMinimum: 0,
    type: "integer",
  },
  mem_limit: {
    title: "Memory Limit",
    description: "The most memory that the container may have, such as 512m or 2g; without a unit, bytes.",
    type: "string",
  },
  memswap_limit: {
    title: "Memory Swap Limit",
    description:
      "Memory and swap together, -1 for no limit on swap. Only together with a memory limit, of which it is twice when left empty.",
    type: "string",
  },
  privileged: {
    title: "Privileged",
    description: "Whether the container has extended rights on its host.",
    default: false,
    type: "boolean",
  },
} as const;

/** The block that a registry's login is kept in, as its class in prefect-docker has it. */
const registryCredentials = {
  title: "DockerRegistryCredentials",
  description: "The login of a registry of images.",
  type: "object",
  properties: {
    username: { title: "Username", description: "Who logs in.", type: "string" },
    password: {
      title: "Password",
      description: "The password, or a token in its place.",
      type: "string",
      writeOnly: true,
      format: "password",
    },
    registry_url: {
      title: "Registry Url",
      description: "Where the registry is; http or https may be left out.",
      example: "index.docker.io",
      type: "string",
    },
    reauth: { title: "Reauth", description: "Whether to log in each time.", default: true, type: "boolean" },
  },
  required: ["username", "password", "registry_url"],
  block_type_slug: "docker-registry-credentials",
  secret_fields: ["password"],
  block_schema_references: {},
} as const;

/** A container of a Docker daemon that the worker reaches. */
export const dockerTemplate: JobTemplate = {
  job_configuration: filledFrom(Object.keys(variables)),
  variables: {
    type: "object",
    properties: variables,
    definitions: { DockerRegistryCredentials: registryCredentials },
  },
};
