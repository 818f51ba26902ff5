import { useState } from "react";
import { toOrderedJson } from "../../format/line-diff.ts";
import { Diff } from "../../ui/diff.tsx";
import { Code, Panel } from "../../ui/panel.tsx";
import { ArtifactContents } from "../artifacts/artifact-content.tsx";
import type { ComparedArtifact } from "./comparison.ts";

/** Beyond this an artifact is cut, in characters. */
const maxLength = 200_000;

/** Artifacts of the same key: of two runs what differs, of more each by itself. */
export function ComparedArtifacts(props: {
  readonly names: readonly string[];
  readonly artifacts: readonly ComparedArtifact[];
}) {
  const { names, artifacts } = props;
  if (artifacts.length === 0) return null;
  return (
    <Panel title="Artifacts">
      <ul>
        {artifacts.map((artifact) => (
          <ComparedKey key={artifact.key} names={names} artifact={artifact} />
        ))}
      </ul>
    </Panel>
  );
}

/** What they hold is read once it is opened. */
function ComparedKey(props: { readonly names: readonly string[]; readonly artifact: ComparedArtifact }) {
  const { key, artifacts, differs } = props.artifact;
  const [isOpen, setOpen] = useState(false);
  return (
    <li className="border-b border-line last:border-0">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="flex items-center gap-3 px-3 py-1.5 hover:bg-hover">
          <span className="max-w-80 truncate font-mono text-small" title={key}>
            {key}
          </span>
          <span className="text-muted">{artifacts.find((artifact) => artifact !== null)?.kind}</span>
          <span className={differs === true ? "font-medium" : "text-muted"}>
            {artifacts.includes(null) ? "not in all" : differs === true ? "differs" : "the same"}
          </span>
        </summary>
        {isOpen ? (
          <ArtifactContents rows={artifacts.filter((row) => row !== null)}>
            {(contents) => (
              <ArtifactTexts
                name={key}
                names={props.names}
                texts={artifacts.map((row) => toText(contents.find(({ id }) => id === row?.id)?.data))}
              />
            )}
          </ArtifactContents>
        ) : null}
      </details>
    </li>
  );
}

function ArtifactTexts(props: {
  readonly name: string;
  readonly names: readonly string[];
  readonly texts: readonly (string | null)[];
}) {
  const { name, names, texts } = props;
  const [first = null, second = null] = texts;
  if (texts.length === 2 && first !== null && second !== null) {
    return <Diff label={`What differs in ${name}`} before={first} after={second} />;
  }
  return (
    <div className="grid grid-cols-1 gap-3 p-3 lg:grid-cols-2">
      {texts.map((text, index) => (
        <div key={index} className="min-w-0">
          <p className="mb-1 truncate text-muted">{names[index]}</p>
          {text === null ? (
            <p className="text-faint">It has none.</p>
          ) : (
            <Code label={`${name} of ${names[index] ?? ""}`} text={text} />
          )}
        </div>
      ))}
    </div>
  );
}

/** JSON with its names in order, and any other text as it is. */
function toText(data: string | undefined): string | null {
  if (data === undefined) return null;
  const text = data.slice(0, maxLength);
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : toOrderedJson(value);
  } catch {
    return text;
  }
}
