/** What depends on what: the tasks of a run as it called them, each once. The list beside it is the same for the keyboard. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { Link, useNavigate } from "@tanstack/react-router";
import { Maximize2, ZoomIn, ZoomOut } from "lucide-react";
import type { FlowRun, RunGraph } from "millrace/client";
import { useEffect, useMemo, useRef, useState } from "react";
import { api } from "../../../api/api.ts";
import { ofFlowRun, useLive } from "../../../api/queries.ts";
import { useIsDark } from "../../../app/preferences.ts";
import { withoutEmpty } from "../../../app/search-words.ts";
import { readInks } from "../../../canvas/inks.ts";
import { plural, toCount } from "../../../format/number.ts";
import { lookOfFamily } from "../../../states/families.ts";
import { Glyph } from "../../../states/state-badge.tsx";
import { IconButton } from "../../../ui/button.tsx";
import { FilterInput } from "../../../ui/filter-input.tsx";
import { Empty, Loaded, Sketch } from "../../../ui/states-of-loading.tsx";
import { type GraphModel, type GraphNode, toGraphModel } from "./graph-model.ts";
import { findNode, type GraphSearch, readGraphSearch, toNodeKey } from "./graph-search.ts";
import { type GraphView, openGraphView } from "./graph-view.ts";
import { useArrangement } from "./use-arrangement.ts";

interface GraphTabProps {
  readonly run: FlowRun;
  readonly search: Readonly<Record<string, unknown>>;
}

export function GraphTab({ run, search }: GraphTabProps) {
  const query = useLive({
    key: ["run-graph", run.id],
    read: () => api.readRunGraph({ flowRunId: run.id }),
    concerns: ofFlowRun(run.id),
  });
  return (
    <Loaded query={query}>
      {(graph) =>
        graph.nodes.length === 0 ? (
          <Empty title="Nothing to draw yet">The flow has called no tasks.</Empty>
        ) : (
          <Graph run={run} search={search} graph={graph} />
        )
      }
    </Loaded>
  );
}

function Graph({ run, search: given, graph }: GraphTabProps & { readonly graph: RunGraph }) {
  const model = useMemo(() => toGraphModel(graph), [graph]);
  const arrangement = useArrangement(model);
  /** What is on the canvas: while a graph that has grown is arranged, it is still the one before. */
  const [drawn, setDrawn] = useState<GraphModel | null>(null);
  const search = readGraphSearch(given);
  const navigate = useNavigate({ from: "/runs/flow-run/$id" });
  const set = (change: { readonly [Name in keyof GraphSearch]: GraphSearch[Name] | undefined }): void => {
    void navigate({ search: (before) => withoutEmpty({ ...before, ...change }), replace: true });
  };
  const selected = search.node === undefined ? null : findNode(model, search.node);
  const isReduced = search.arrows !== "all";
  const select = useRef<(node: number | null) => void>(() => undefined);
  select.current = (node) => set({ node: node === null ? undefined : toNodeKey(drawn ?? model, node) });
  const isDark = useIsDark();
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<GraphView | null>(null);
  // What the address says is chosen is in view, wherever in the graph it is.
  const first = useRef(selected);
  useEffect(() => {
    if (canvas.current === null) return;
    const opened = openGraphView({
      canvas: canvas.current,
      inks: readInks(),
      onSelect: (node) => select.current(node),
    });
    view.current = opened;
    if (first.current !== null) opened.show(first.current);
    return () => {
      opened.close();
      view.current = null;
    };
  }, []);
  useEffect(() => {
    if (arrangement === null) return;
    const { layout, needed } = arrangement;
    view.current?.update({ model, layout, needed: isReduced ? needed : model.edges.map(() => true) });
    setDrawn(model);
  }, [model, arrangement, isReduced]);
  useEffect(() => view.current?.setInks(readInks()), [isDark]);
  useEffect(() => view.current?.setSelected(selected), [selected, arrangement]);
  /** By the list, which may have more than is drawn yet. */
  const choose = (node: number): void => {
    set({ node: toNodeKey(model, node) });
    view.current?.show(node);
  };
  const chosen = selected === null ? undefined : model.nodes[selected];

  return (
    // Where there is little room the list is above the drawing: it is the way of the keyboard.
    <div className="flex min-h-0 grow max-[760px]:flex-col max-[760px]:overflow-y-auto">
      <NodeList
        model={model}
        selected={selected}
        text={search.find}
        onText={(find) => set({ find })}
        onSelect={choose}
      />
      <div className="flex min-w-0 grow flex-col max-[760px]:min-h-80 max-[760px]:shrink-0">
        <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
          <label className="flex items-center gap-1.5 text-muted">
            <input
              type="checkbox"
              checked={isReduced}
              onChange={(event) => set({ arrows: event.target.checked ? undefined : "all" })}
            />
            Leave out what other arrows say
          </label>
          <span className="grow" />
          {graph.isCut ? (
            <span className="text-state-attention">A part of it: {toCount(model.nodes.length)} tasks are shown</span>
          ) : null}
          <span className="flex gap-2">
            <IconButton label="Zoom in" onClick={() => view.current?.zoomBy(1.4)}>
              <ZoomIn size={15} />
            </IconButton>
            <IconButton label="Zoom out" onClick={() => view.current?.zoomBy(1 / 1.4)}>
              <ZoomOut size={15} />
            </IconButton>
            <IconButton label="Show all of the graph" onClick={() => view.current?.fit()}>
              <Maximize2 size={14} />
            </IconButton>
          </span>
        </div>
        <div className="relative min-h-0 grow">
          <canvas
            ref={canvas}
            role="img"
            data-arranged={drawn === null ? undefined : ""}
            aria-label={`${plural(model.nodes.length, "task")} of ${run.name}, and ${plural(model.edges.length, "dependency", "dependencies")} between them`}
            className="absolute inset-0 block size-full touch-none"
          />
          {drawn === null ? (
            <div className="absolute inset-0">
              <Sketch rows={8} />
            </div>
          ) : null}
          {chosen === undefined ? null : <NodeCard run={run} node={chosen} model={model} onSelect={choose} />}
        </div>
      </div>
    </div>
  );
}

/** The tasks as a list: to find one, and to go through them with the keyboard. */
function NodeList(props: {
  readonly model: GraphModel;
  readonly selected: number | null;
  readonly text: string | undefined;
  readonly onText: (text: string) => void;
  readonly onSelect: (node: number) => void;
}) {
  const { model, selected, text = "", onText, onSelect } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const found = useMemo(
    () => model.nodes.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase())),
    [model, text],
  );
  const virtual = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 28,
    overscan: 6,
  });
  return (
    <div className="flex w-60 shrink-0 flex-col border-r border-line max-[760px]:h-44 max-[760px]:w-full max-[760px]:border-r-0 max-[760px]:border-b">
      <FilterInput label="Find a task" value={text} onChange={onText} className="m-2" />
      <div ref={scroller} className="min-h-0 grow overflow-auto">
        <ul aria-label="Tasks" className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const node = found[index];
            if (node === undefined) return null;
            return (
              <li key={node.index} className="absolute inset-x-0" style={{ top: start, height: 28 }}>
                <button
                  type="button"
                  aria-pressed={node.index === selected}
                  onClick={() => onSelect(node.index)}
                  className="flex size-full items-center gap-2 px-3 text-left -outline-offset-2 hover:bg-hover aria-pressed:bg-selected"
                >
                  <Glyph name={lookOfFamily[node.worst]} family={node.worst} label={node.worst} />
                  <span className="grow truncate" title={node.name}>
                    {node.name}
                  </span>
                  <span className="text-meta text-muted">{node.count > 1 ? toCount(node.count) : ""}</span>
                </button>
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}

/** What is known of the node that is chosen, and where it leads. */
function NodeCard(props: {
  readonly run: FlowRun;
  readonly node: GraphNode;
  readonly model: GraphModel;
  readonly onSelect: (node: number) => void;
}) {
  const { run, node, model, onSelect } = props;
  const before = model.edges.filter(({ to, kind }) => to === node.index && kind === "takes");
  const after = model.edges.filter(({ from, kind }) => from === node.index && kind === "takes");
  const toTab = (search: Readonly<Record<string, string>>) =>
    ({ to: "/runs/flow-run/$id", params: { id: run.id }, search }) as const;
  return (
    <section
      aria-label={node.name}
      className="absolute top-3 right-3 max-h-[90%] w-72 overflow-auto rounded-panel border border-line bg-raised p-3 shadow-lg"
    >
      <h2 className="truncate text-section font-semibold" title={node.name}>
        {node.name}
      </h2>
      <p className="text-muted">{plural(node.count, node.isSubflow ? "subflow" : "task run")}</p>
      <div className="mt-2 flex gap-3">
        <Link {...toTab({ tab: "tasks", name: node.name })} className="link">
          Task runs
        </Link>
        <Link {...toTab({ tab: "logs", of: node.name })} className="link">
          Logs
        </Link>
        {node.childFlowRunIds[0] === undefined ? null : (
          <Link to="/runs/flow-run/$id" params={{ id: node.childFlowRunIds[0] }} search={{}} className="link">
            Open the subflow
          </Link>
        )}
      </div>
      {[["Takes from", before, "from"] as const, ["Gives to", after, "to"] as const].map(([title, edges, end]) =>
        edges.length === 0 ? null : (
          <div key={title} className="mt-3">
            <h3 className="text-meta font-semibold text-muted">{title}</h3>
            <ul>
              {edges.slice(0, 12).map((edge) => (
                <li key={edge[end]} className="truncate">
                  <button type="button" className="link" onClick={() => onSelect(edge[end])}>
                    {model.nodes[edge[end]]?.name}
                  </button>
                  <span className="text-muted"> {edge.label}</span>
                </li>
              ))}
              {edges.length > 12 ? <li className="text-muted">and {toCount(edges.length - 12)} more</li> : null}
            </ul>
          </div>
        ),
      )}
    </section>
  );
}
