import type { State } from "millrace/client";
import { Fragment } from "react";
import { usePreferences } from "../../../app/preferences.ts";
import { toDateTime, toDuration } from "../../../format/time.ts";
import { StateBadge } from "../../../states/state-badge.tsx";
import { useIsNarrow } from "../../../ui/narrow.ts";
import { DateTime, Took } from "../../../ui/when.tsx";
import { toFacts, toTransitions } from "./transitions.ts";

/** A run that retries for days has thousands; the last say how it is. */
const maxShown = 300;

/** The states that a run has had, the last one first. */
export function TransitionTable({ history }: { readonly history: readonly State[] }) {
  const isNarrow = useIsNarrow();
  const transitions = toTransitions(history).toReversed();
  return (
    <>
      <table className="w-full text-left">
        <caption className="sr-only">States, the last one first</caption>
        <thead className="sticky top-0 bg-bg text-small text-muted">
          <tr>
            <th className="px-4 py-1.5 font-medium">State</th>
            <th className="px-2 py-1.5 font-medium">Entered</th>
            <th className="px-2 py-1.5 text-right font-medium max-[760px]:pr-4">Lasted</th>
            {isNarrow ? null : <th className="w-full px-4 py-1.5 font-medium">What it says</th>}
          </tr>
        </thead>
        <tbody>
          {transitions.slice(0, maxShown).map(({ state, lastedMs, isNow }, at) => (
            <Fragment key={at}>
              <tr className="border-t border-line align-top">
                <td className="px-4 py-1.5">
                  <StateBadge state={state} />
                </td>
                <td className="px-2 py-1.5 whitespace-nowrap">
                  <DateTime at={state.at} />
                </td>
                <td className="px-2 py-1.5 text-right whitespace-nowrap text-muted max-[760px]:pr-4">
                  {isNow ? <Took from={state.at} to={null} /> : lastedMs === null ? "–" : toDuration(lastedMs)}
                </td>
                {isNarrow ? null : (
                  <td className="px-4 py-1.5">
                    <WhatItSays state={state} />
                  </td>
                )}
              </tr>
              {isNarrow && says(state) ? (
                // Beside the others it would be a column of a word's width.
                <tr>
                  <td colSpan={3} className="px-4 pb-1.5">
                    <WhatItSays state={state} />
                  </td>
                </tr>
              ) : null}
            </Fragment>
          ))}
        </tbody>
      </table>
      {transitions.length > maxShown ? (
        <p className="px-4 py-2 text-muted">
          The first {transitions.length - maxShown} states are left out: `millrace flow-run inspect` has them all.
        </p>
      ) : null}
    </>
  );
}

const says = (state: State): boolean => (state.message ?? "") !== "" || toFacts(state).length > 0;

function WhatItSays({ state }: { readonly state: State }) {
  const { zone } = usePreferences();
  return (
    <>
      <span className="line-clamp-4 [overflow-wrap:anywhere]" title={state.message}>
        <bdi>{state.message ?? ""}</bdi>
      </span>
      {toFacts(state).map(([name, value]) => (
        <span key={name} className="mr-3 text-small text-muted [overflow-wrap:anywhere]">
          {name} {typeof value === "number" ? toDateTime(value, zone) : <bdi>{value}</bdi>}
        </span>
      ))}
    </>
  );
}
