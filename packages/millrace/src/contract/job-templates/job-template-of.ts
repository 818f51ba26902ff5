/** The base job templates that there are. Each is much text, and is loaded when a pool of its kind is made. */

import type { JobTemplate } from "./common-variables.ts";

/**
 * What a pool of this kind has where its maker gives it none; null for a kind that only its own workers know.
 *
 * @param type the pool's, such as `docker`
 */
export async function jobTemplateOf(type: string): Promise<JobTemplate | null> {
  switch (type) {
    case "process":
      return (await import("./process-template.ts")).processTemplate;
    case "docker":
      return (await import("./docker-template.ts")).dockerTemplate;
    case "kubernetes":
      return (await import("./kubernetes-template.ts")).kubernetesTemplate;
    default:
      return null;
  }
}
