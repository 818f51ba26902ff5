// Known weaknesses of what the package ships: node tools/check.ts audit. Only the registry knows them.
import { spawnSync } from "node:child_process";

interface Weakness {
  readonly name: string;
  readonly severity: string;
  readonly range: string;
  readonly nodes: readonly string[];
  readonly via: readonly (string | { readonly title: string; readonly url: string })[];
}

export type Audit =
  | { readonly weak: readonly string[] }
  /** Why nobody could say. */
  | { readonly skipped: string };

const grave: ReadonlySet<string> = new Set(["high", "critical"]);

/** What npm's report says of libraries of these names; the others are used by this repository alone. */
export function readAudit(report: string, shipped: ReadonlySet<string>): Audit {
  const answer = parse(report);
  if (answer === null) return { skipped: "npm gave no report" };
  const { vulnerabilities, message, error } = answer;
  if (vulnerabilities === undefined)
    return { skipped: `the registry does not answer: ${message ?? error?.summary ?? "?"}` };
  const names = new Set([...shipped].map((id) => id.replace(/@[^@]+$/, "")));
  return {
    weak: Object.values(vulnerabilities)
      .filter(({ name, severity }) => names.has(name) && grave.has(severity))
      .map(({ name, severity, range, via }) => {
        const titles = via.flatMap((each) => (typeof each === "string" ? [] : [`${each.title} ${each.url}`]));
        return `${name} ${range} (${severity}): ${titles.join("; ")}`;
      }),
  };
}

export function audit(root: string, shipped: ReadonlySet<string>): Audit {
  const { stdout } = spawnSync("npm", ["audit", "--json"], { cwd: root, encoding: "utf8", maxBuffer: 64_000_000 });
  return readAudit(stdout, shipped);
}

function parse(report: string): {
  readonly vulnerabilities?: Readonly<Record<string, Weakness>>;
  readonly message?: string;
  readonly error?: { readonly summary?: string };
} | null {
  try {
    return JSON.parse(report) as ReturnType<typeof parse>;
  } catch {
    return null;
  }
}
