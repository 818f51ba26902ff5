import { Link } from "@tanstack/react-router";
import type { FlowRun, Hold } from "millrace/client";
import { api } from "../../../api/api.ts";
import { ofFlowRun, ofKind, useLive } from "../../../api/queries.ts";
import { toPath } from "../../../app/paths.ts";
import { Command } from "../../../ui/copy.tsx";
import { Panel } from "../../../ui/panel.tsx";
import { ErrorNote, Loaded } from "../../../ui/states-of-loading.tsx";
import { Ago } from "../../../ui/when.tsx";

/** Limits and workers change without an event of the run, in ms. */
const everyMs = 5000;
const ofWork = ofKind("work-pool", "work-queue", "deployment", "worker", "concurrency-limit");

/** What holds a run that has not begun, or does not go on, and what can be done about it. */
export function WhyWaiting({ run }: { readonly run: FlowRun }) {
  const ofRun = ofFlowRun(run.id);
  const query = useLive({
    key: ["run", run.id, "why-waiting"],
    read: () => api.whyWaiting(run.id),
    concerns: (event) => ofRun(event) || ofWork(event),
    everyMs,
  });
  if (query.data?.verdict === "ended" || (query.data?.verdict === "running" && query.data.holds.length === 0))
    return null;
  const title = run.state.type === "RUNNING" ? "What its tasks wait for" : "Why is it not running?";
  return (
    <Panel title={title}>
      {query.error !== null && query.data === undefined ? (
        <ErrorNote error={query.error} />
      ) : (
        <Loaded query={query} rows={2}>
          {({ verdict, holds }) => (
            <div className="flex flex-col gap-3 p-3">
              {verdict === "next" ? (
                <p>Nothing holds it: it begins when somebody asks for runs the next time.</p>
              ) : null}
              <ol className="flex flex-col gap-3">
                {holds.map((hold, at) => (
                  <OneHold key={at} hold={hold} runId={run.id} />
                ))}
              </ol>
              <Command text={`millrace flow-run why ${run.id}`} />
            </div>
          )}
        </Loaded>
      )}
    </Panel>
  );
}

function OneHold({ hold, runId }: { readonly hold: Hold; readonly runId: string }) {
  const { subject, reason, advice, until } = hold;
  return (
    <li className="border-l-2 border-attention pl-3">
      <p className="[overflow-wrap:anywhere]">
        {reason}{" "}
        {until === null ? null : (
          <span className="text-muted">
            Ends <Ago at={until} />.
          </span>
        )}
      </p>
      {advice === null ? null : <p className="[overflow-wrap:anywhere] text-muted">{advice}</p>}
      {subject === null || subject.id === runId ? null : <SubjectLink subject={subject} />}
    </li>
  );
}

function SubjectLink({ subject }: { readonly subject: NonNullable<Hold["subject"]> }) {
  const { kind, id, name } = subject;
  const words = kind.replaceAll("-", " ");
  return (
    <Link to={toPath(kind, id)} className="link inline-block max-w-full truncate" title={name}>
      {words.charAt(0).toUpperCase() + words.slice(1)} {name}
    </Link>
  );
}
