import { Link } from "@tanstack/react-router";
import type { FlowRunRow } from "millrace/client";
import type { ReactNode } from "react";
import { ofFlowRuns, ofKind, useLive } from "../../api/queries.ts";
import { toPath } from "../../app/paths.ts";
import { plural } from "../../format/number.ts";
import { type Family, type GlyphName, lookOf, toWords } from "../../states/families.ts";
import { familyText, Glyph } from "../../states/state-badge.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { Ago } from "../../ui/when.tsx";
import { titleOf } from "../inbox/item-words.ts";
import type { Since } from "../runs/runs-search.ts";
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

function Items({ attention }: { readonly attention: Attention }) {
  const { failed, failedCount, late, lateCount, asked, pools } = attention;
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
                {titleOf(item)}
              </Link>
            ) : (
              <Link to="/inbox" search={{ item: item.flowRunId }} className={linkClass}>
                {titleOf(item)}
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
      <More count={failedCount - failed.length} word="failed or crashed" families={["failed", "crashed"]} since="24h" />
      {late.map((run) => (
        <RunItem key={`late ${run.id}`} run={run} detail={run.name} at={run.dueAt ?? run.expectedAt} />
      ))}
      <More count={lateCount - late.length} word="late" families={["attention"]} />
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

/** How many there are beside those that are listed. */
function More(props: {
  readonly count: number;
  readonly word: string;
  readonly families: readonly Family[];
  readonly since?: Since;
}) {
  const { count, word, families, since } = props;
  if (count <= 0) return null;
  return (
    <li className="border-b border-line px-3 py-1.5 last:border-0">
      <Link
        to="/runs"
        search={{ state: families, ...(since === undefined ? {} : { since }) }}
        className="text-muted hover:underline"
      >
        {plural(count, "more run")} {word}
      </Link>
    </li>
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
        <Link to="/runs/flow-run/$id" params={{ id: run.id }} search={{}} className={linkClass} title={run.name}>
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
