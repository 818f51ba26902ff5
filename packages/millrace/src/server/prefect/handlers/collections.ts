/** What is known of packages with blocks, flows and workers. Ours is built in: nothing is fetched for it. */

import { PrefectError } from "../errors.ts";
import { workerKinds } from "../worker-kinds.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";

/** Blocks and flows are told of by the clients that have them. */
const views: ReadonlyMap<string, Record<string, unknown>> = new Map([
  ["aggregate-worker-metadata", { ...workerKinds }],
  ["aggregate-block-metadata", {}],
  ["aggregate-flow-metadata", {}],
  ["demo-flows", {}],
]);

export function collectionHandlers(_context: PrefectContext): Pick<PrefectHandlers, "readViewContent"> {
  return {
    async readViewContent({ params: { view } }) {
      const content = views.get(view);
      if (content === undefined) throw new PrefectError({ status: 404, detail: `View ${view} not found in registry` });
      return { status: 200, body: content };
    },
  };
}
