import { defineCommand } from "../../command.ts";

export const versionCommand = defineCommand({
  summary: "Print the version of Millrace",
  details: ['With --json: `{ "millrace", "node", "platform" }`.'],
  positionals: {},
  options: {},
  examples: [{ command: "version --json", why: "for a report" }],
  async run(_, { out, json }) {
    const { findPackage } = await import("../../../app/package-version.ts");
    const millrace = findPackage(import.meta.dirname)?.version ?? "unknown";
    const platform = `${process.platform}-${process.arch}`;
    if (json) out.json({ millrace, node: process.versions.node, platform });
    else out.line(`millrace ${millrace} (Node ${process.versions.node}, ${platform})`);
    return undefined;
  },
});
