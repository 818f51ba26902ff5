/** The kinds of workers that pools can be made for, by the package that has them. */

import type { JobTemplate } from "../../contract/job-templates/common-variables.ts";
import { dockerTemplate } from "../../contract/job-templates/docker-template.ts";
import { kubernetesTemplate } from "../../contract/job-templates/kubernetes-template.ts";
import { processTemplate } from "../../contract/job-templates/process-template.ts";

interface WorkerKind {
  readonly type: string;
  readonly display_name: string;
  readonly description: string;
  readonly documentation_url: string;
  readonly install_command: string;
  readonly is_beta: boolean;
  readonly logo_url: string | null;
  /** Empty for those of which only their own worker knows what it reads: it takes its own then. */
  readonly default_base_job_configuration: JobTemplate;
}

const kind = (own: Omit<WorkerKind, "is_beta" | "logo_url">): WorkerKind => ({
  ...own,
  is_beta: false,
  logo_url: null,
});

/** A kind of Prefect's own collections: pools of it are made without a template. */
function foreign(
  type: string,
  { collection, ...told }: Pick<WorkerKind, "display_name" | "description"> & { readonly collection: string },
): WorkerKind {
  return kind({
    type,
    ...told,
    documentation_url: `https://docs.prefect.io/integrations/${collection}`,
    install_command: `pip install ${collection}`,
    default_base_job_configuration: {},
  });
}

export const workerKinds: Readonly<Record<string, Readonly<Record<string, WorkerKind>>>> = {
  prefect: {
    process: kind({
      type: "process",
      display_name: "Process",
      description: "Runs each flow run as a process of the worker's machine. Nothing else is needed.",
      documentation_url: "https://docs.prefect.io/v3/concepts/workers",
      install_command: "pip install prefect",
      default_base_job_configuration: processTemplate,
    }),
  },
  "prefect-docker": {
    docker: kind({
      type: "docker",
      display_name: "Docker",
      description: "Runs each flow run in a container of its own. Needs a Docker daemon that the worker reaches.",
      documentation_url: "https://docs.prefect.io/integrations/prefect-docker",
      install_command: "pip install prefect-docker",
      default_base_job_configuration: dockerTemplate,
    }),
  },
  "prefect-kubernetes": {
    kubernetes: kind({
      type: "kubernetes",
      display_name: "Kubernetes",
      description: "Runs each flow run as a job of a Kubernetes cluster.",
      documentation_url: "https://docs.prefect.io/integrations/prefect-kubernetes",
      install_command: "pip install prefect-kubernetes",
      default_base_job_configuration: kubernetesTemplate,
    }),
  },
  "prefect-aws": {
    ecs: foreign("ecs", {
      display_name: "AWS Elastic Container Service",
      description: "Runs each flow run as a task of Amazon ECS.",
      collection: "prefect-aws",
    }),
  },
  "prefect-azure": {
    "azure-container-instance": foreign("azure-container-instance", {
      display_name: "Azure Container Instances",
      description: "Runs each flow run in a container group of Azure.",
      collection: "prefect-azure",
    }),
  },
  "prefect-gcp": {
    "cloud-run": foreign("cloud-run", {
      display_name: "Google Cloud Run",
      description: "Runs each flow run as a job of Cloud Run, by the first version of its API.",
      collection: "prefect-gcp",
    }),
    "cloud-run-v2": foreign("cloud-run-v2", {
      display_name: "Google Cloud Run V2",
      description: "Runs each flow run as a job of Cloud Run.",
      collection: "prefect-gcp",
    }),
    "vertex-ai": foreign("vertex-ai", {
      display_name: "Google Vertex AI",
      description: "Runs each flow run as a custom job of Vertex AI.",
      collection: "prefect-gcp",
    }),
  },
};
