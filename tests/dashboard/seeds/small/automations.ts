import {
  configurationIdOf,
  evaluationName,
  type KeptEvaluation,
  type KeptEvaluationState,
} from "../../../../packages/millrace/src/contract/evaluations.ts";
import type { SeedLedger } from "../seed-ledger.ts";

const onEvent = (expect: readonly string[], more: object = {}) => ({
  kind: "event",
  posture: "Reactive",
  match: {},
  matchRelated: [],
  after: [],
  expect,
  forEach: [],
  threshold: 1,
  withinMs: 0,
  ...more,
});

const minute = 60_000;

export async function addAutomations({ api, id, now }: SeedLedger, resource: string): Promise<void> {
  const common = { tags: ["ops"], owner: null, actionsOnTrigger: [], actionsOnResolve: [] };
  const told = await api.createObject("automation", {
    ...common,
    id: id("automation tell"),
    name: "Tell us when a run fails",
    enabled: true,
    description: "Three failures of a flow within ten minutes are told to the channel.",
    trigger: onEvent(["millrace.flow-run.Failed"], {
      forEach: ["related:flow:name"],
      threshold: 3,
      withinMs: 10 * minute,
    }),
    actions: [
      {
        kind: "send-notification",
        blockDocumentId: id("block slack-webhook/alerts"),
        subject: "{{ flow.name }} fails",
        body: "See {{ flow_run.ui_url }}",
      },
    ],
  });
  await api.createObject("automation", {
    ...common,
    id: id("automation stuck"),
    name: "Cancel what is stuck",
    enabled: true,
    trigger: onEvent(["millrace.flow-run.Completed", "millrace.flow-run.Failed"], {
      posture: "Proactive",
      after: ["millrace.flow-run.Running"],
      forEach: ["id"],
      withinMs: 360 * minute,
    }),
    actions: [{ kind: "cancel-flow-run" }],
  });
  const slow = await api.createObject("automation", {
    ...common,
    id: id("automation slow"),
    name: "Sales are slow",
    enabled: false,
    tags: ["sales"],
    trigger: {
      kind: "metric",
      match: {},
      matchRelated: [{ id: resource, role: "deployment" }],
      query: "duration",
      operator: ">",
      threshold: 300,
      rangeMs: 60 * minute,
      firingForMs: 10 * minute,
    },
    actions: [{ kind: "declare-incident", severity: "minor", title: "Slow", description: "Sales take long" }],
  });
  await addEvaluations({ api, now }, slow.id);
  for (const [index, status] of (["done", "failed"] as const).entries()) {
    const at = now - (index + 1) * 83 * minute;
    await api.createObject("automation-firing", {
      id: id(`firing ${index}`),
      automationId: told.id,
      status,
      firing: {
        firing: {
          id: id(`firing ${index}`),
          automationId: told.id,
          path: "trigger",
          state: "Triggered",
          at,
          labels: { "related:flow:name": "send-invoices" },
          eventId: null,
          eventIds: [],
          value: null,
          firings: [],
          reason: "3 of 3 events within 10m 00s",
        },
        event: null,
        automation: { id: told.id, name: told.name, description: told.description ?? "", enabled: true, tags: ["ops"] },
        trigger: { kind: "event", posture: "Reactive" },
        actions: [{ id: id(`action ${index}`), index: 0, about: "cause", action: told.actions?.[0] ?? {} }],
      },
      outcomes: [
        {
          index: 0,
          kind: "send-notification",
          status: status === "done" ? "executed" : "failed",
          ...(status === "done" ? {} : { reason: "hooks.example answers 503" }),
          details: {},
          at: at + 900,
        },
      ],
    });
  }
}

async function addEvaluations({ api, now }: Pick<SeedLedger, "api" | "now">, automationId: string): Promise<void> {
  const name = evaluationName(automationId);
  const at = now - 200 * minute;
  const row = { path: "trigger", key: [] };
  const history: readonly KeptEvaluation[] = [
    { ...row, outcome: "waiting", text: "duration 211, not > 300", firstAt: at - 60 * minute, at, count: 120 },
    {
      ...row,
      outcome: "fired",
      text: "duration 418, > 300 for 10m 00s of 10m 00s",
      firstAt: at + 10 * minute,
      at: at + 10 * minute,
      count: 1,
    },
    {
      ...row,
      outcome: "failed",
      text: "The ledger did not answer.",
      firstAt: at + 11 * minute,
      at: at + 11 * minute,
      count: 1,
    },
  ];
  await api.createObject("configuration", {
    id: configurationIdOf(name),
    name,
    value: { state: null, history } satisfies KeptEvaluationState<null>,
  });
}
