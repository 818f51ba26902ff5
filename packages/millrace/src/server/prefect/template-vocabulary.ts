/** Templates of automations read events in Prefect's words: most of them were written for it. */

import type { EventFacts, Labels } from "../../contract/automations.ts";
import { toPrefectPayload } from "./mapping/event.ts";
import { toPrefectLabelPath, toPrefectLabels, toPrefectName } from "./mapping/names.ts";

export const prefectTemplateVocabulary = {
  event: (event: EventFacts): EventFacts => ({
    ...event,
    name: toPrefectName(event.name),
    resource: toPrefectLabels(event.resource),
    related: event.related.map(({ labels }) => ({ labels: toPrefectLabels(labels) })),
    payload: toPrefectPayload(event.payload),
  }),
  /** Labels of a firing, which are named as `for_each` names them. */
  labels: (labels: Labels): Labels =>
    Object.fromEntries(
      Object.entries(labels).map(([path, value]) => {
        const isId = path === "id" || path.endsWith(":id");
        return [toPrefectLabelPath(path), isId ? toPrefectName(value) : value];
      }),
    ),
};
