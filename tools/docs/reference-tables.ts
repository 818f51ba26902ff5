/** Tables of what the sources declare: options, the fields of JSON, the names that a package hands out. */

import { code, table } from "./markdown.ts";
import { interfaceMembers, type Member, publicNames } from "./source-declarations.ts";

/** The interfaces that pages show, by name, with their files. */
const interfaceFiles: Readonly<Record<string, string>> = {
  FlowOptions: "contract/definitions.ts",
  TaskOptions: "contract/definitions.ts",
  RunContext: "contract/runtime.ts",
  FlowRunInfo: "contract/runtime.ts",
  TaskRunInfo: "contract/runtime.ts",
  TaskFuture: "contract/runtime.ts",
  State: "contract/states.ts",
  StateDetails: "contract/states.ts",
  FlowRun: "contract/flow-run.ts",
  RunEnvironment: "contract/flow-run.ts",
  TaskRun: "contract/task-run.ts",
  RecordedError: "contract/errors.ts",
  StoredLogLine: "contract/records.ts",
  Artifact: "contract/records.ts",
  Variable: "contract/records.ts",
  StoredEvent: "contract/records.ts",
  TestLedgerOptions: "testing/test-ledger.ts",
  TestLedger: "testing/test-ledger.ts",
  S3StorageOptions: "results/s3-storage.ts",
  FileStorageOptions: "results/file-storage.ts",
};

export function renderFields(name: string): string {
  const path = interfaceFiles[name];
  if (path === undefined) throw new Error(`It is not said where the interface ${name} is declared`);
  const members = interfaceMembers(path, name);
  const rows = members.map((member) => [nameCell(member), code(shortType(member.type)), firstParagraph(member.doc)]);
  return table(["Name", "Type", "What it is"], rows);
}

function nameCell({ name, isOptional }: Member): string {
  return code(isOptional ? `${name}?` : name);
}

/** Types are shown for people: without what every reader takes for granted. */
function shortType(type: string): string {
  return type.replaceAll(/\breadonly /g, "");
}

function firstParagraph(doc: string): string {
  return withoutTags(doc).split("\n\n")[0]?.replaceAll("\n", " ") ?? "";
}

function withoutTags(doc: string): string {
  return doc.replace(/(^|\n)@[^]*$/, "").trim();
}

/** Values that a file of exports/ hands out, in its groups; types are left out. */
export function renderNames(path: string): string {
  const names = publicNames(path).filter(({ isType }) => !isType);
  const groups = Map.groupBy(names, ({ group }) => group);
  return [...groups]
    .map(([group, members]) => {
      const rows = members.map(({ name, doc }) => [code(name), firstSentence(doc)]);
      const heading = group === "" ? [] : [`**${group}**`];
      return [...heading, table(["Name", "What it is"], rows)].join("\n\n");
    })
    .join("\n\n");
}

function firstSentence(doc: string): string {
  const paragraph = firstParagraph(doc);
  return /^.*?\.(?=\s|$)/.exec(paragraph)?.[0] ?? paragraph;
}
