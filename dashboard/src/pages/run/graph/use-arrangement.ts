import { useEffect, useMemo, useState } from "react";
import { type Arrangement, arrange, type Shape } from "./arrange.ts";
import type { GraphModel } from "./graph-model.ts";

/** So many nodes are arranged at once, within a frame: to ask a worker would take longer. More are for the worker. */
const maxAtOnce = 200;

/** The arrangement of a graph; null as long as it is being found. */
export function useArrangement(model: GraphModel): Arrangement | null {
  const { shape } = model;
  const isSmall = model.nodes.length <= maxAtOnce;
  // Where things are depends on the shape alone: states come and go, and nothing moves.
  const atOnce = useMemo(() => (isSmall ? arrange(shapeOf(model)) : null), [shape, isSmall]);
  const [found, setFound] = useState<{ readonly shape: string; readonly arrangement: Arrangement } | null>(null);
  useEffect(() => {
    if (isSmall) return;
    const worker = new Worker(new URL("./arrange-worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<Arrangement>) => setFound({ shape, arrangement: data }));
    // Where a browser starts none, the page does it and stands still for a moment.
    worker.addEventListener("error", () => setFound({ shape, arrangement: arrange(shapeOf(model)) }));
    worker.postMessage(shapeOf(model));
    // A graph that has grown meanwhile is begun anew.
    return () => worker.terminate();
  }, [shape, isSmall]);
  return atOnce ?? (found?.shape === shape ? found.arrangement : null);
}

const shapeOf = ({ nodes, edges }: GraphModel): Shape => ({ nodeCount: nodes.length, edges });
