/**
 * I5: a due time of a schedule has one run at most; and where the schedule makes up for all, one exactly, from the first that
 * a server has made: what is due before a server first looks, by that server's clock, is not missed.
 */

import { dueTimes } from "../../../packages/millrace/src/rules/schedules/next-fire-times.ts";
import { timed } from "../../../packages/millrace/src/rules/scheduled-runs.ts";
import type { Invariant } from "./evidence.ts";

export const dueTimesOfSchedules: Invariant = ({ schedules, runs, now }) =>
  schedules
    .filter(({ slug }) => slug !== "damaged")
    .flatMap((schedule) => {
      const made = Map.groupBy(
        runs.filter(({ extra }) => extra.scheduleId === schedule.id),
        ({ history }) => history[0]?.details?.scheduledAt ?? 0,
      );
      const catchUp = schedule.catchUp as { readonly policy: string } | undefined;
      const after = Math.min(...made.keys());
      const before = Math.min(now, schedule.madeUntil ?? 0);
      const due = made.size === 0 ? [] : dueTimes(timed(schedule), { after, before, limit: 1000, seed: schedule.id });
      return [
        ...[...made].flatMap(([at, of]) => (of.length > 1 ? [`I5: ${of.length} runs are due at ${at}`] : [])),
        ...[...made.keys()].flatMap((at) =>
          dueTimes(timed(schedule), { after: at - 1, before: at, limit: 1, seed: schedule.id })[0] === at
            ? []
            : [`I5: a run is due at ${at}, and its schedule is not`],
        ),
        ...(catchUp?.policy === "all"
          ? due.flatMap((at) => (made.has(at) ? [] : [`I5: no run was made for ${at}`]))
          : []),
      ];
    });
