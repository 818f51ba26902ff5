/** The views of a run whose code is loaded when they are asked for. The timeline comes with the page. */

import { late } from "../../ui/late.tsx";
import { Sketch } from "../../ui/states-of-loading.tsx";

const sketch = <Sketch />;

export const runTabs = {
  graph: late(async () => (await import("./graph/graph.tsx")).GraphTab, sketch),
  logs: late(async () => (await import("./logs/logs-tab.tsx")).LogsTab, sketch),
  tasks: late(async () => (await import("./tasks/tasks-tab.tsx")).TasksTab, sketch),
  artifacts: late(async () => (await import("../artifacts/artifacts-tab.tsx")).ArtifactsTab, sketch),
  history: late(async () => (await import("./history/history-tab.tsx")).HistoryTab, sketch),
  details: late(async () => (await import("./details/details-tab.tsx")).DetailsTab, sketch),
};
