import type { StateType } from "millrace/client";
import { HistoryChart } from "../states/history-chart.tsx";
import { families, type GlyphName, glyphPaths } from "../states/families.ts";
import { RunStrip } from "../states/run-strip.tsx";
import { Glyph, StateBadge } from "../states/state-badge.tsx";
import { Case, Cases, Section } from "./case.tsx";

const states = [
  ["COMPLETED", "Completed"],
  ["COMPLETED", "Cached"],
  ["COMPLETED", "RolledBack"],
  ["COMPLETED", "Skipped"],
  ["RUNNING", "Running"],
  ["RUNNING", "Retrying"],
  ["CANCELLING", "Cancelling"],
  ["FAILED", "Failed"],
  ["FAILED", "TimedOut"],
  ["CRASHED", "Crashed"],
  ["PAUSED", "Paused"],
  ["PAUSED", "Suspended"],
  ["SCHEDULED", "Late"],
  ["SCHEDULED", "AwaitingRetry"],
  ["SCHEDULED", "Scheduled"],
  ["SCHEDULED", "AwaitingConcurrencySlot"],
  ["PENDING", "Pending"],
  ["CANCELLED", "Cancelled"],
] as const satisfies readonly (readonly [StateType, string])[];

const hourMs = 3_600_000;
const from = Date.UTC(2026, 10, 26);
const unmeasured = { runningMs: 0, latenessMs: 0 };
const counts = [4, 6, 3, 8, 5, 9, 2, 0, 7, 6, 4, 5];

export function States() {
  return (
    <Section title="States">
      <Cases>
        {states.map(([type, name]) => (
          <StateBadge key={name} state={{ type, name, message: "Its message" }} />
        ))}
      </Cases>
      <Cases>
        {(Object.keys(glyphPaths) as GlyphName[]).map((name, index) => (
          <Case key={name} title={name}>
            <Glyph name={name} family={families[index % families.length] ?? "completed"} label={name} />
          </Case>
        ))}
      </Cases>
      <Cases>
        <Case title="Last runs">
          <RunStrip
            runs={states.map(([stateType, stateName], index) => ({
              id: stateName,
              stateType,
              stateName,
              durationMs: stateType === "SCHEDULED" ? null : 1000 + index * 400,
            }))}
          />
        </Case>
        <Case title="None">
          <RunStrip runs={[]} />
        </Case>
      </Cases>
      <div className="max-w-[880px]">
        <HistoryChart
          label="Runs by hour"
          from={from}
          bucketMs={hourMs}
          buckets={counts.length}
          cells={counts.flatMap((count, bucket) => [
            { bucket, stateType: "COMPLETED" as const, stateName: "Completed", count, ...unmeasured },
            ...(bucket % 4 === 3
              ? [{ bucket, stateType: "FAILED" as const, stateName: "Failed", count: 2, ...unmeasured }]
              : []),
            ...(bucket === 11
              ? [{ bucket, stateType: "RUNNING" as const, stateName: "Running", count: 5, ...unmeasured }]
              : []),
          ])}
        />
      </div>
    </Section>
  );
}
