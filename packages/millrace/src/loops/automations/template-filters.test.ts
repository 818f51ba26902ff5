import { expect, test } from "vitest";
import { createSafeTemplate } from "../../kit/safe-template.ts";
import { createTemplateFilters } from "./template-filters.ts";

const id = "01a213d0-e421-71dd-86f6-d3a67ba44a54";

test.each<[string, unknown, string]>([
  ["ui_url", { id, kind: "flow-run", name: "x" }, `https://ui/runs/flow-run/${id}`],
  ["ui_url", { id, kind: "work-pool", name: "pool" }, "https://ui/work-pools/work-pool/pool"],
  ["ui_url", { id: `prefect.deployment.${id}` }, `https://ui/deployments/deployment/${id}`],
  ["ui_url", { id: "shop.1" }, ""],
  ["ui_url", { id, kind: "constructor" }, ""],
  ["ui_url", "text", ""],
  ["ui_url", null, ""],
  ["ui_resource_events_url", { id, kind: "flow" }, `https://ui/events?resource=prefect.flow.${id}`],
  ["ui_resource_events_url", { id: `prefect.flow.${id}` }, `https://ui/events?resource=prefect.flow.${id}`],
  ["flow_run_id", `see https://ui/runs/flow-run/${id}?x`, id],
  ["flow_run_id", "nothing", ""],
])("%s of %j", (name, value, expected) => {
  const template = createSafeTemplate(`{{ value | ${name} or "" }}`);
  expect(template.fill({ value }, { filters: createTemplateFilters("https://ui/") })).toBe(expected);
});

test("nothing leads to a dashboard of which nobody knows where it is", () => {
  const value = { id, kind: "flow" };
  const template = createSafeTemplate('{{ (value | ui_url) or "" }}{{ (value | ui_resource_events_url) or "" }}');
  expect(template.fill({ value }, { filters: createTemplateFilters(null) })).toBe("");
});
