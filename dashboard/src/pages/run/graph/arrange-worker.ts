/** Arranges a graph in a thread of its own: the page answers meanwhile. */

import { arrange, type Shape } from "./arrange.ts";

addEventListener("message", ({ data }: MessageEvent<Shape>) => postMessage(arrange(data)));
