import { describe, expect, test } from "vitest";
import type { EventFacts, Firing } from "../../contract/automations.ts";
import { createSafeTemplate } from "../../kit/safe-template.ts";
import { automationOf, eventAt, eventTrigger, runSteps } from "./automations.testsuite.ts";
import { templateLabels, templateValues } from "./template-values.ts";

const failed = eventAt(1.5, "prefect.flow-run.Failed", {
  id: "e1",
  resource: {
    "prefect.resource.id": "prefect.flow-run.1",
    "prefect.resource.name": "brave-otter",
    "prefect.state-name": "Failed",
  },
  related: [
    {
      labels: {
        "prefect.resource.id": "prefect.flow.2",
        "prefect.resource.role": "flow",
        "prefect.resource.name": "etl",
      },
    },
    { labels: { "prefect.resource.id": "prefect.tag.a", "prefect.resource.role": "tag" } },
    { labels: { "prefect.resource.id": "prefect.tag.b", "prefect.resource.role": "tag" } },
  ],
  payload: { size: 3, __proto__x: "y" },
});
const other = eventAt(2, "other", { id: "e2" });
const byId = new Map<string, EventFacts>([failed, other].map((event) => [event.id, event]));

const trigger = eventTrigger({ expect: [failed.name], forEach: ["prefect.resource.id", "prefect.resource.name"] });
const automation = automationOf(trigger);
const [firing] = runSteps(trigger, [failed]).firings as [Firing];
const fill = (source: string): string =>
  createSafeTemplate(source).fill(
    templateValues({ automation, firing, event: failed, eventOf: (id) => byId.get(id) ?? null }),
  );

describe("templates of an automation read", () => {
  test.each<[string, string]>([
    ["{{ event.event }} {{ event.id }} {{ event.occurred }}", "prefect.flow-run.Failed e1 1970-01-01T00:00:01.500Z"],
    ["{{ event.resource.id }} {{ event.resource.name }}", "prefect.flow-run.1 brave-otter"],
    ["{{ event.resource['prefect.state-name'] }} {{ event.resource.get('prefect.state-name') }}", "Failed Failed"],
    ["{{ event.resource.labels.prefect.resource.id }}", "prefect.flow-run.1"],
    ["{{ event.resource_in_role['flow'].name }} {{ event.resource_in_role.tag.id }}", "etl prefect.tag.a"],
    ["{% for tag in event.resources_in_role.tag %}{{ tag.id }} {% endfor %}", "prefect.tag.a prefect.tag.b "],
    ["{{ event.related | map(attribute='role') | join(',') }}", "flow,tag,tag"],
    ["{{ event.payload.size + 1 }} {{ event.follows }}", "4 None"],
    ["{{ automation.name }} {{ automation.enabled }}", "watch True"],
    ["{{ labels.prefect.resource.id }} {{ labels['prefect.resource.name'] }}", "prefect.flow-run.1 brave-otter"],
    [
      "{{ firing.trigger_states }} {{ firing.triggered }} {{ firing.reason }}",
      "['Triggered'] 1970-01-01T00:00:01.500Z 1 of 1 event",
    ],
    ["{{ firings | length }} {{ events | map(attribute='event') | join }}", "1 prefect.flow-run.Failed"],
    ["{{ flow_run.name | default('no run') }}", "no run"],
  ])("%s", (source, text) => {
    expect(fill(source)).toBe(text);
  });
});

test("a compound's templates see all the events that led to it", () => {
  const compound = {
    kind: "compound",
    require: "all",
    withinMs: null,
    triggers: [trigger, eventTrigger({ expect: ["other"] })],
  } as const;
  const [both] = runSteps(compound, [failed, other]).firings as [Firing];
  const values = templateValues({ automation, firing: both, event: other, eventOf: (id) => byId.get(id) ?? null });
  expect(
    createSafeTemplate("{{ firings | length }}: {{ events | map(attribute='id') | join(' ') }}").fill(values),
  ).toBe("3: e2 e1 e2");
});

test("events that are gone are left out, and what there is none of is none", () => {
  const values = templateValues({ automation, firing, event: null, eventOf: () => null });
  expect(createSafeTemplate("{{ event }} {{ events }} {{ event.resource.id }}").fill(values)).toBe("None [] ");
});

test("a label is a text and has those below it", () => {
  const labels = templateLabels({ "a.b": "1", "a.b.c": "2", a: "0", __proto__x: "3" });
  expect(createSafeTemplate("{{ l.a }} {{ l.a.b }} {{ l.a.b.c }} [{{ l.a.x }}]").fill({ l: labels })).toBe("0 1 2 []");
});
