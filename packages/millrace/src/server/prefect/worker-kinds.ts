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
  readonly default_base_job_configuration: JobTemplate;
}

const kind = (own: Omit<WorkerKind, "is_beta" | "logo_url">): WorkerKind => ({
  ...own,
  is_beta: false,
  logo_url: null,
});

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
};
