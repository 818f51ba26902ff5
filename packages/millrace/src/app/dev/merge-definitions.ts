/** What is to be registered, from what was registered before and what the files define now. */

import { relative } from "node:path";
import { type CodeVersion, isLateCodeChanged, listCopied, toCodeVersion } from "./known-code.ts";
import type { DefinedDeployment, Problem } from "./messages.ts";
import type { Definitions } from "./read-definitions.ts";

/** A deployment that the ledger is to have, with the code that it runs. */
export interface WantedDeployment {
  readonly defined: DefinedDeployment;
  readonly code: CodeVersion;
}

/** By `flow/deployment`. */
export type WantedDeployments = ReadonlyMap<string, WantedDeployment>;

/**
 * A file with a mistake keeps the deployments that it had. Code that is as it was keeps its copy, so that nothing is changed
 * in the ledger.
 */
export function mergeDefinitions({
  before,
  found,
  copyFolder,
}: {
  readonly before: WantedDeployments;
  readonly found: Definitions;
  readonly copyFolder: string;
}): { readonly wanted: WantedDeployments; readonly problems: readonly Problem[] } {
  const wanted = new Map<string, WantedDeployment>();
  const problems: Problem[] = [];
  const early = new Set(listCopied(copyFolder));
  for (const defined of withoutImplied(found.deployments)) {
    const name = nameOf(defined);
    const other = wanted.get(name);
    if (other !== undefined) problems.push(describeTwice(name, [other.defined, defined]));
    else {
      const code = toCodeVersion(defined.file, { copyFolder, imports: found.imports, early });
      wanted.set(name, { defined, code: keepSame(before.get(name)?.code, code) });
    }
  }
  const failed = new Set([...found.problems.map(({ file }) => file), ...found.unread]);
  for (const [name, each] of before) {
    if (!wanted.has(name) && failed.has(each.defined.definedIn)) wanted.set(name, each);
  }
  return { wanted, problems };
}

function nameOf({ plan: { deployment } }: DefinedDeployment): string {
  return `${deployment.flowName}/${deployment.name}`;
}

/** A flow that somebody has written a deployment of gets no other. */
function withoutImplied(deployments: readonly DefinedDeployment[]): readonly DefinedDeployment[] {
  const written = new Set(
    deployments.filter(({ isImplied }) => !isImplied).map(({ plan }) => plan.deployment.flowName),
  );
  return deployments.filter(({ isImplied, plan }) => !isImplied || !written.has(plan.deployment.flowName));
}

function keepSame(before: CodeVersion | undefined, now: CodeVersion): CodeVersion {
  return before?.hash === now.hash && !isLateCodeChanged(before) ? before : now;
}

function describeTwice(name: string, [first, second]: readonly [DefinedDeployment, DefinedDeployment]): Problem {
  const [one, other] = [first, second].map(({ definedIn }) => relative(process.cwd(), definedIn));
  return {
    file: second.definedIn,
    place: null,
    code: null,
    message: `${name} is defined in ${one} and in ${other}; the first is taken.`,
    fix: "Give one of the flows, or its deployment, another name.",
  };
}
