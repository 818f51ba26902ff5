import { Link } from "@tanstack/react-router";
import type { FlowRunRow } from "millrace/client";
import type { ReactNode } from "react";
import { ofFlowRuns, ofKind, useLive } from "../../api/queries.ts";
import { toPath } from "../../app/paths.ts";
import { type Family, type GlyphName, lookOf, toWords } from "../../states/families.ts";
import { familyText, Glyph } from "../../states/state-badge.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { Ago } from "../../ui/when.tsx";
import { type Attention, readAttention } from "./read-overview.ts";

const failures: string = "/failures";

/** What a person should look at, the most pressing first. */
export function AttentionPanel() {
  const attention = useLive({
    key: ["overview", "attention"],
    read: readAttention,
    concerns: (event) => ofFlowRuns(event) || ofKind("work-pool", "worker", "inbox")(event),
    everyMs: 60_000,
  });
  return (
    <Panel
      title="Needs attention"
      aside={
        <Link to={failures} className="text-muted hover:underline">
          See failures
        </Link>
      }
    >
      <Loaded query={attention} rows={4}>
        {(found) => (isQuiet(found) ? <Quiet /> : <Items attention={found} />)}
      </Loaded>
    </Panel>
  );
}

const linkClass = "min-w-0 truncate leading-6 hover:underline";

const isQuiet = ({ failed, late, asked, pools }: Attention): boolean =>
  failed.length + late.length + asked.length + pools.length === 0;

function Quiet() {
  return (
    <p className="flex items-center gap-2 p-3 text-muted">
      <Glyph name="check" family="completed" />
      Nothing: no failure in the past 24 hours, nothing late, nobody is asked, all pools are served.
    </p>
  );
}

function Items({ attention: { failed, late, asked, pools } }: { readonly attention: Attention }) {
  return (
    <ul>
      {asked.map((item) => (
        <Item
          key={`asked ${item.flowRunId}`}
          glyph="pause"
          family="attention"
          word={item.key === null ? "Paused" : "Asks"}
          link={
            item.key === null ? (
              <Link to={toPath("flow-run", item.flowRunId)} className={linkClass}>
                {item.title ?? item.runName}
              </Link>
            ) : (
              <Link to="/inbox" search={{ item: item.flowRunId }} className={linkClass}>
                {item.title ?? item.runName}
              </Link>
            )
          }
          detail={`${item.flowName} / ${item.runName}`}
          at={item.since}
        />
      ))}
      {failed.map((run) => (
        <RunItem
          key={`failed ${run.id}`}
          run={run}
          detail={run.error?.message ?? run.state.message ?? run.name}
          at={run.endedAt}
        />
      ))}
      {late.map((run) => (
        <RunItem key={`late ${run.id}`} run={run} detail={run.name} at={run.dueAt ?? run.expectedAt} />
      ))}
      {pools.map((pool) => (
        <Item
          key={`pool ${pool.id}`}
          glyph={pool.paused ? "pause" : "alarm"}
          family="attention"
          word={pool.paused ? "Paused" : "Not served"}
          link={
            <Link to={toPath("work-pool", pool.id)} className={linkClass}>
              Work pool {pool.name}
            </Link>
          }
          detail={
            pool.paused ? "No run of it begins until it is resumed" : "No worker of it is there, so its runs wait"
          }
          at={null}
        />
      ))}
    </ul>
  );
}

function RunItem({
  run,
  detail,
  at,
}: {
  readonly run: FlowRunRow;
  readonly detail: string;
  readonly at: number | null;
}) {
  const { family, glyph } = lookOf(run.state);
  return (
    <Item
      glyph={glyph}
      family={family}
      word={toWords(run.state.name)}
      link={
        <Link
          to="/runs/flow-run/$id"
          params={{ id: run.id }}
          search={{}}
          className={linkClass}
          title={run.name}
        >
          {run.flowName}
        </Link>
      }
      detail={detail}
      at={at}
    />
  );
}

function Item(props: {
  readonly glyph: GlyphName;
  readonly family: Family;
  readonly word: string;
  readonly link: ReactNode;
  readonly detail: string;
  readonly at: number | null;
}) {
  const { glyph, family, word, link, detail, at } = props;
  return (
    <li className="grid min-h-8 grid-cols-[100px_minmax(0,1fr)_64px] items-center gap-x-3 border-b border-line px-3 py-1 last:border-0 hover:bg-hover sm:grid-cols-[110px_minmax(0,2fr)_minmax(0,3fr)_64px]">
      <span className={`flex items-center gap-1.5 font-medium whitespace-nowrap ${familyText[family]}`}>
        <Glyph name={glyph} family={family} />
        {word}
      </span>
      <span className="flex min-w-0 font-medium">{link}</span>
      <span className="truncate text-muted max-sm:hidden" title={detail.slice(0, 1000)}>
        {detail.slice(0, 300)}
      </span>
      {at === null ? <span /> : <Ago at={at} className="text-right text-muted" />}
    </li>
  );
}
