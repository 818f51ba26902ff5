/** Tables of what the sources declare: options, the fields of JSON, the names that a package hands out. */

import { code, table } from "./markdown.ts";
import { interfaceMembers, literalsOf, type Member, publicNames } from "./source-declarations.ts";

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
  Entrypoint: "contract/flow-run.ts",
  RunEnvironment: "contract/flow-run.ts",
  TaskRun: "contract/task-run.ts",
  TaskInput: "contract/task-run.ts",
  RecordedError: "contract/errors.ts",
  StoredLogLine: "contract/records.ts",
  Artifact: "contract/records.ts",
  Variable: "contract/objects.ts",
  StoredEvent: "contract/records.ts",
  TaskRunner: "contract/definitions.ts",
  ConcurrencyOption: "contract/definitions.ts",
  StateOptions: "sdk/returned-states.ts",
  ExponentialOptions: "kit/backoff.ts",
  DeploymentOptions: "sdk/deployment-options.ts",
  ServingOptions: "sdk/deployment-options.ts",
  DeployOptions: "sdk/deployment-options.ts",
  GitSource: "sdk/deployment-options.ts",
  RunDeploymentOptions: "sdk/run-deployment.ts",
  SleepOptions: "sdk/durable.ts",
  ValueOptions: "sdk/durable.ts",
  PauseOptions: "sdk/pause.ts",
  PlainPauseOptions: "sdk/pause.ts",
  ConcurrencyOptions: "sdk/concurrency.ts",
  RateLimitOptions: "sdk/concurrency.ts",
  TransactionOptions: "sdk/transactions.ts",
  TransactionScope: "contract/runtime.ts",
  SendOptions: "sdk/signals.ts",
  WaitOptions: "sdk/waiting.ts",
  GrowingInterval: "sdk/waiting.ts",
  WaitForOptions: "sdk/wait-for.ts",
  WaitForFileOptions: "sdk/wait-for-file.ts",
  WaitForHttpOptions: "sdk/wait-for-http.ts",
  WaitForHttpUntilOptions: "sdk/wait-for-http.ts",
  S3KeyPlace: "sdk/wait-for-s3-key.ts",
  ArtifactOptions: "sdk/record-artifact.ts",
  LinkOptions: "sdk/artifacts.ts",
  ImageOptions: "sdk/artifacts.ts",
  ProgressOptions: "sdk/artifact-progress.ts",
  EmitOptions: "sdk/events.ts",
  VariableOptions: "sdk/variables.ts",
  ContinueOptions: "testing/test-ledger.ts",
  ReplayOptions: "testing/replay.ts",
  TestLedgerOptions: "testing/test-ledger.ts",
  S3StorageOptions: "results/s3-connection.ts",
  FileStorageOptions: "results/file-storage.ts",
};

/** Files whose types of a few words are shown as these words. */
const wordFiles = ["contract/states.ts", "contract/task-run.ts", "contract/records.ts"];

export function renderFields(name: string): string {
  const path = interfaceFiles[name];
  if (path === undefined) throw new Error(`It is not said where the interface ${name} is declared`);
  const members = interfaceMembers(path, name);
  const rows = members.map((member) => [nameCell(member), typeCell(member.type), firstParagraph(member.doc)]);
  const isExplained = rows.some(([, , explanation]) => explanation !== "");
  return isExplained
    ? table(["Name", "Type", "What it is"], rows)
    : table(
        ["Name", "Type"],
        rows.map((cells) => cells.slice(0, 2)),
      );
}

function nameCell({ name, isOptional }: Member): string {
  return code(isOptional ? `${name}?` : name);
}

/** Types are shown for people: without what every reader takes for granted. */
function typeCell(type: string): string {
  const [name = "", rest = ""] = type.split(/(?<=^\w+)(?= \|)/);
  const words = wordFiles.map((path) => literalsOf(path, name)).find((found) => found !== null);
  if (words !== undefined && words !== null)
    return [...words.map(code), ...(rest === "" ? [] : [code("null")])].join(", ");
  return code(type.replaceAll(/\breadonly /g, "").replaceAll(/\bReadonly<(Record<[^<>]*>)>/g, "$1"));
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
