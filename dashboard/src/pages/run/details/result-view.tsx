/** What a run gave back: the value where it is short, and where it is kept where it is not. */

import type { TaskRun } from "millrace/client";
import { toBytes } from "../../../format/number.ts";
import { CopyButton } from "../../../ui/copy.tsx";
import { Code, Facts } from "../../../ui/panel.tsx";
import { toPrettyJson } from "./pretty-json.ts";

type Result = NonNullable<TaskRun["result"]>;

/** Characters that are shown; all of it is copied. */
const maxShown = 20_000;

export function ResultView({ result }: { readonly result: Result | null }) {
  if (result === null) return <p className="text-muted">None</p>;
  switch (result.storage) {
    case "inline": {
      const text = toPrettyJson(result.data);
      const size = new TextEncoder().encode(result.data).length;
      return (
        <div>
          <p className="flex items-center gap-2 text-small text-muted">
            {toKind(result.data)} · {toBytes(size)} · kept with the run
            <CopyButton text={text} label="Copy the result" />
          </p>
          <Code
            label="Result as JSON"
            text={text.length > maxShown ? `${text.slice(0, maxShown)}\n… (copy it to see all of it)` : text}
          />
        </div>
      );
    }
    case "stored":
      return (
        <Facts
          items={[
            ["Size", toBytes(result.sizeBytes)],
            ["Storage", result.store],
            [
              "Key",
              <span key="key" className="inline-flex max-w-full items-center font-mono text-small">
                <span className="truncate" title={result.key}>
                  {result.key}
                </span>
                <CopyButton text={result.key} label="Copy the key" />
              </span>,
            ],
            ["Written as", result.serializer],
          ]}
        />
      );
    case "none":
      return (
        <p className="text-muted">
          Not kept: {result.reason}
          {result.path === "" ? "" : `, at ${result.path}`}. It is computed again when the run is resumed.
        </p>
      );
  }
}

/** What sort of value a JSON text is, without reading all of it. */
export function toKind(json: string): string {
  const first = json.trimStart().charAt(0);
  const special = /^\s*\{\s*"!([\w-]+)"/.exec(json)?.[1];
  if (special !== undefined) return special;
  if (first === "{") return "object";
  if (first === "[") return "list";
  if (first === '"') return "text";
  if (first === "t" || first === "f") return "boolean";
  if (first === "n" || first === "") return "nothing";
  return "number";
}
