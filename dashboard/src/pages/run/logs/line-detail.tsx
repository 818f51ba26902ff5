/** Everything that is known of one line. */

import { Link } from "@tanstack/react-router";
import type { StoredLogLine } from "millrace/client";
import { X } from "lucide-react";
import { usePreferences } from "../../../app/preferences.ts";
import { toFullTime } from "../../../format/time.ts";
import { IconButton } from "../../../ui/button.tsx";
import { CopyButton } from "../../../ui/copy.tsx";
import { toPrettyJson } from "../details/pretty-json.ts";
import { levelText, Segments, toShownLine } from "./log-row.tsx";
import type { TaskLabel } from "./use-tasks.ts";

/** Characters that are shown of a message; all of it is copied. */
const maxShown = 100_000;

export function LineDetail(props: {
  readonly line: StoredLogLine;
  readonly number: number | null;
  readonly label: TaskLabel | undefined;
  readonly onClose: () => void;
}) {
  const { line, number, label, onClose } = props;
  const { zone } = usePreferences();
  const shown = toShownLine(line);
  let left = maxShown;
  return (
    <section
      aria-label="The chosen line"
      className="flex max-h-[45%] shrink-0 flex-col border-t border-line bg-panel"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <header className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-1 text-small">
        <h2 className="font-semibold">{number === null ? "Line" : `Line ${number + 1}`}</h2>
        <span className={levelText[line.level]}>{line.level}</span>
        <time dateTime={new Date(line.at).toISOString()} className="text-muted">
          {toFullTime(line.at, zone)}
        </time>
        <span className="max-w-60 truncate text-muted" title={line.logger}>
          {line.logger}
        </span>
        {line.taskRunId === null ? null : (
          <Link to="/runs/task-run/$id" params={{ id: line.taskRunId }} search={{}} className="link max-w-60 truncate">
            {label?.name ?? "Task run"}
          </Link>
        )}
        <span className="text-muted">attempt {line.attempt}</span>
        <span className="ml-auto flex">
          <CopyButton text={shown.plain} label="Copy the message" />
          <IconButton label="Close the line" className="size-6" onClick={onClose}>
            <X size={14} />
          </IconButton>
        </span>
      </header>
      <div
        tabIndex={0}
        role="region"
        aria-label="Message"
        className="min-h-0 overflow-auto px-3 pb-2 font-mono text-small leading-5"
      >
        <bdi className="block whitespace-pre-wrap [overflow-wrap:anywhere]">
          {shown.lines.map((segments, at) => {
            if (left <= 0) return null;
            left -= segments.reduce((sum, { text }) => sum + text.length, 1);
            return (
              <span key={at}>
                {at === 0 ? null : "\n"}
                <Segments segments={segments} find="" />
              </span>
            );
          })}
        </bdi>
        {line.fields === null ? null : (
          <pre className="mt-2 border-t border-line pt-2 whitespace-pre-wrap text-muted [overflow-wrap:anywhere]">
            {toPrettyJson(line.fields)}
          </pre>
        )}
      </div>
    </section>
  );
}
