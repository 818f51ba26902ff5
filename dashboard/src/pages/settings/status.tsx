import { Link } from "@tanstack/react-router";
import type { LoopStatus, ServerStatus } from "millrace/client";
import type { ReactNode } from "react";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { plural, toBytes, toCount } from "../../format/number.ts";
import { toDuration } from "../../format/time.ts";
import type { Family, GlyphName } from "../../states/families.ts";
import { familyText, Glyph } from "../../states/state-badge.tsx";
import { Facts, Panel } from "../../ui/panel.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { Ago, DateTime } from "../../ui/when.tsx";
import { healthOfLoop, type LoopHealth } from "./loop-health.ts";

const everyMs = 3000;

export function Status() {
  const query = useLive({ key: ["server-status"], read: () => api.readServerStatus(), everyMs });
  return (
    <Loaded query={query} rows={10}>
      {(status) => (
        <div className="grid grid-cols-1 gap-4 overflow-auto p-4 lg:grid-cols-2">
          <Panel title="Server">
            <Padded>
              <ServerFacts status={status} />
            </Padded>
          </Panel>
          <Panel title="Work">
            <Padded>
              <WorkFacts status={status} />
            </Padded>
          </Panel>
          <Panel title="Loops" className="lg:col-span-2">
            <Loops loops={status.loops} />
          </Panel>
        </div>
      )}
    </Loaded>
  );
}

function Padded({ children }: { readonly children: ReactNode }) {
  return <div className="p-3">{children}</div>;
}

function ServerFacts({ status }: { readonly status: ServerStatus }) {
  const { version, startedAt, readAt, process, database } = status;
  return (
    <Facts
      items={[
        ["Millrace", version],
        [
          "Up for",
          <span key="up">
            {toDuration(readAt - startedAt)} <span className="text-muted">since</span> <DateTime at={startedAt} />
          </span>,
        ],
        ["Process", `${process.pid} on ${process.host}`],
        ["Node", `${process.node}, ${process.platform}`],
        [
          "Memory",
          `${toBytes(process.residentBytes)}, of it ${toBytes(process.heapUsedBytes)} of ${toBytes(process.heapTotalBytes)} of heap`,
        ],
        ["Database", `${database.kind === "sqlite" ? "SQLite" : "PostgreSQL"} ${database.version}`],
        ["Size", `${toBytes(database.sizeBytes)}, schema ${database.schemaVersion}`],
      ]}
    />
  );
}

function WorkFacts({ status }: { readonly status: ServerStatus }) {
  const { queue, executors, events } = status;
  const behind = events.evaluatedSeq === null ? null : Math.max(0, events.newestSeq - events.evaluatedSeq);
  return (
    <Facts
      items={[
        [
          "Runs that are due",
          queue.due === 0 ? (
            "none waits"
          ) : (
            <span key="due">
              <Link to="/runs" search={{ state: ["waiting", "attention"] }} className="underline">
                {plural(queue.due, "run")}
              </Link>
              , since <Ago at={queue.oldestDueAt} />
            </span>
          ),
        ],
        ["Processes that execute", `${toCount(executors.alive)} alive of ${toCount(executors.known)} known`],
        ["Events", `${toCount(events.newestSeq)} in all`],
        [
          "Automations",
          behind === null
            ? "have not looked at any yet"
            : behind === 0
              ? "have looked at all of them"
              : `are ${plural(behind, "event")} behind`,
        ],
      ]}
    />
  );
}

const looks: Readonly<Record<LoopHealth["state"], readonly [word: string, family: Family, glyph: GlyphName]>> = {
  fine: ["Fine", "completed", "check"],
  late: ["Late", "attention", "alarm"],
  failing: ["Failing", "failed", "cross"],
  waiting: ["Not yet", "waiting", "clock"],
};

function Loops({ loops }: { readonly loops: readonly LoopStatus[] }) {
  if (loops.length === 0) return <p className="p-3 text-muted">This server looks after nothing: another one does.</p>;
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Table of loops">
      <table className="w-full">
        <thead>
          <tr className="border-b border-line text-left text-small text-muted">
            <th className="px-3 py-1 font-medium">Loop</th>
            <th className="px-3 py-1 font-medium">State</th>
            <th className="px-3 py-1 font-medium">Last turn</th>
            <th className="px-3 py-1 text-right font-medium">Took</th>
            <th className="px-3 py-1 text-right font-medium">Every</th>
            <th className="px-3 py-1 text-right font-medium">Late by</th>
            <th className="px-3 py-1 text-right font-medium">Failures</th>
          </tr>
        </thead>
        <tbody>
          {loops.map((loop) => (
            <LoopRow key={loop.name} loop={loop} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LoopRow({ loop }: { readonly loop: LoopStatus }) {
  const { name, startedAt, endedAt, everyMs: restMs, lagMs, failures, lastError } = loop;
  const { state, why } = healthOfLoop(loop);
  const [word, family, glyph] = looks[state];
  return (
    <tr className="h-8 border-b border-line last:border-0">
      <td className="px-3 whitespace-nowrap">{name}</td>
      <td className="px-3">
        <span
          className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${familyText[family]}`}
          title={why}
        >
          <Glyph name={glyph} family={family} />
          {word}
        </span>
      </td>
      <td className="px-3 whitespace-nowrap">
        <Ago at={startedAt} className="text-muted" />
      </td>
      <td className="px-3 text-right whitespace-nowrap">
        {startedAt === null
          ? "–"
          : endedAt === null || endedAt < startedAt
            ? "goes on"
            : toDuration(endedAt - startedAt)}
      </td>
      <td className="px-3 text-right whitespace-nowrap text-muted">{toDuration(restMs)}</td>
      <td className="px-3 text-right whitespace-nowrap text-muted">{lagMs < 1 ? "–" : toDuration(lagMs)}</td>
      <td className="px-3 text-right whitespace-nowrap" title={lastError?.message}>
        {failures === 0 ? (
          <span className="text-muted">–</span>
        ) : (
          <>
            {toCount(failures)}
            {lastError === null ? null : (
              <span className="text-muted">
                , <Ago at={lastError.at} />
              </span>
            )}
          </>
        )}
      </td>
    </tr>
  );
}
