import type { RecordedError } from "millrace/client";
import { useMemo, useState } from "react";
import { plural } from "../../../format/number.ts";
import { CopyButton } from "../../../ui/copy.tsx";
import { Code } from "../../../ui/panel.tsx";
import { type ErrorParts, type FrameGroup, toErrorChain, toErrorText } from "./parse-error.ts";

/** Characters of a message before it is opened. */
const maxMessage = 1000;

/** What went wrong: what it says and what to do, where it was thrown, and what caused it. */
export function ErrorView({ error }: { readonly error: RecordedError }) {
  const chain = useMemo(() => toErrorChain(error), [error]);
  return (
    <section aria-label="Error" className="relative rounded-panel border border-failed p-3">
      <span className="absolute top-2 right-2">
        <CopyButton text={toErrorText(error)} label="Copy the error" />
      </span>
      {chain.map((parts, at) => (
        <OneError key={at} parts={parts} isCause={at > 0} />
      ))}
    </section>
  );
}

function OneError({ parts, isCause }: { readonly parts: ErrorParts; readonly isCause: boolean }) {
  const { name, message, code, fix, groups, properties } = parts;
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole || message.length <= maxMessage ? message : `${message.slice(0, maxMessage)}…`;
  return (
    <div className={isCause ? "mt-3 border-t border-line pt-3" : ""}>
      <p className="pr-8 [overflow-wrap:anywhere]">
        {isCause ? <span className="text-muted">Caused by </span> : null}
        <span className="font-semibold text-state-failed">
          <bdi>{name}</bdi>
        </span>
        {code === null ? null : (
          <code className="ml-2 inline-block max-w-full rounded-control bg-panel px-1 font-mono text-small break-all">
            {code}
          </code>
        )}
      </p>
      <p className="mt-1 whitespace-pre-wrap [overflow-wrap:anywhere]">
        <bdi>{shown}</bdi>
        {shown === message ? null : (
          <button type="button" className="link ml-2" onClick={() => setWhole(true)}>
            Show all of it
          </button>
        )}
      </p>
      {fix === null ? null : (
        <p className="mt-1 [overflow-wrap:anywhere] text-muted">
          <span className="font-medium text-fg">What to do: </span>
          {fix}
        </p>
      )}
      {groups.length === 0 ? null : (
        <ol aria-label="Stack" className="mt-2 font-mono text-small">
          {groups.map((group, at) => (
            <li key={at}>{group.isOwn ? <Frames group={group} /> : <Folded group={group} />}</li>
          ))}
        </ol>
      )}
      {properties === null ? null : (
        <details className="mt-2">
          <summary className="text-muted">Properties of the error</summary>
          <Code text={properties} label="Properties of the error" />
        </details>
      )}
    </div>
  );
}

function Frames({ group }: { readonly group: FrameGroup }) {
  return group.frames.map(({ text, isOwn }, at) => (
    <div key={at} className={`[overflow-wrap:anywhere] ${isOwn ? "" : "text-muted"}`}>
      <span className="text-faint">at </span>
      {text}
    </div>
  ));
}

function Folded({ group }: { readonly group: FrameGroup }) {
  return (
    <details>
      <summary className="text-faint">{plural(group.frames.length, "frame")} of Node and packages</summary>
      <Frames group={group} />
    </details>
  );
}
