import { commonVariables, filledFrom, type JobTemplate, streamOutput } from "./common-variables.ts";

const quantity = (title: string, description: string) => ({ title, description, type: "string" }) as const;

const variables = {
  ...commonVariables,
  namespace: {
    title: "Namespace",
    description: "The namespace of the cluster that the job is made in.",
    default: "default",
    type: "string",
  },
  image: {
    title: "Image",
    description: "The image of the job's container. Left empty, it is Prefect's of the worker's version.",
    example: "docker.io/prefecthq/prefect:3-latest",
    type: "string",
  },
  service_account_name: {
    title: "Service Account Name",
    description: "The service account that the job's pod runs as.",
    type: "string",
  },
  image_pull_policy: {
    title: "Image Pull Policy",
    description: "When the image is pulled.",
    default: "IfNotPresent",
    enum: ["IfNotPresent", "Always", "Never"],
    type: "string",
  },
  finished_job_ttl: {
    title: "Finished Job TTL",
    description: "How long the cluster keeps a job that has ended, in seconds. Left empty, it keeps it.",
    type: "integer",
  },
  job_watch_timeout_seconds: {
    title: "Job Watch Timeout Seconds",
    description: "How long the worker waits for the job's next event, in seconds. Left empty, without end.",
    type: "integer",
  },
  pod_watch_timeout_seconds: {
    title: "Pod Watch Timeout Seconds",
    description: "How long the worker waits for the job's pod to be made, in seconds.",
    default: 60,
    type: "integer",
  },
  stream_output: streamOutput,
  cluster_config: {
    title: "Cluster Config",
    description:
      "A block that says which cluster. Left empty, it is the one that the worker is in or that kubectl would use.",
    allOf: [{ $ref: "#/definitions/KubernetesClusterConfig" }],
  },
  cpu_request: quantity("CPU Request", "What the container asks for, such as 500m or 2."),
  cpu_limit: quantity("CPU Limit", "The most that the container may use, such as 500m or 2."),
  memory_request: quantity("Memory Request", "What the container asks for, such as 128Mi or 1Gi."),
  memory_limit: quantity("Memory Limit", "The most that the container may use, such as 128Mi or 1Gi."),
} as const;

const container = {
  name: "prefect-job",
  env: "{{ env }}",
  image: "{{ image }}",
  imagePullPolicy: "{{ image_pull_policy }}",
  args: "{{ command }}",
  resources: {
    limits: { cpu: "{{ cpu_limit }}", memory: "{{ memory_limit }}" },
    requests: { cpu: "{{ cpu_request }}", memory: "{{ memory_request }}" },
  },
} as const;

const jobManifest = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { labels: "{{ labels }}", namespace: "{{ namespace }}", generateName: "{{ name }}-" },
  spec: {
    backoffLimit: 0,
    ttlSecondsAfterFinished: "{{ finished_job_ttl }}",
    template: {
      spec: {
        parallelism: 1,
        completions: 1,
        restartPolicy: "Never",
        serviceAccountName: "{{ service_account_name }}",
        containers: [container],
      },
    },
  },
} as const;

/** The block that a cluster is told by, as its class in prefect-kubernetes has it. */
const clusterConfig = {
  title: "KubernetesClusterConfig",
  description: "How a cluster is reached.",
  type: "object",
  properties: {
    config: { title: "Config", description: "What a kubectl configuration file holds.", type: "object" },
    context_name: { title: "Context Name", description: "The context of it that is used.", type: "string" },
  },
  required: ["config", "context_name"],
  block_type_slug: "kubernetes-cluster-config",
  secret_fields: [],
  block_schema_references: {},
} as const;

/** A job of a Kubernetes cluster. */
export const kubernetesTemplate: JobTemplate = {
  job_configuration: {
    ...filledFrom(["command", "env", "labels", "name", "namespace"]),
    job_manifest: jobManifest,
    ...filledFrom(["cluster_config", "job_watch_timeout_seconds", "pod_watch_timeout_seconds", "stream_output"]),
  },
  variables: { type: "object", properties: variables, definitions: { KubernetesClusterConfig: clusterConfig } },
};
