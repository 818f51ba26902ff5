import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Api } from "../../contract/api.ts";
import type { EventFilter, StoredEvent } from "../../contract/records.ts";
import { systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { createService } from "../../service/create-service.ts";
import { makeLedger } from "../../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../../store/suite/ledger.testsuite.ts";
import { aFlowRun, anEvent, aTaskRun, startAt } from "../../store/suite/samples.testsuite.ts";
import { matchEvents } from "./event-match.ts";

let ledger: TestLedger;
let api: Api;
let all: readonly StoredEvent[];
const run = aFlowRun({ id: uuidv7() });
const other = aFlowRun({ id: uuidv7() });
const task = aTaskRun(run.id);
const placed = anEvent({ id: uuidv7(), name: "order.placed", at: startAt + 50, resource: { id: "order.1" } });

beforeAll(async () => {
  ledger = await makeLedger();
  api = createService({ store: await ledger.open(), clock: systemClock });
  await api.record({ processId: "p", created: [run, other] });
  const events = [
    placed,
    anEvent({ name: "order.paid", at: startAt + 60, resource: { id: "order.1" }, flowRunId: run.id }),
    anEvent({ name: "order.placed", at: startAt + 70, resource: { id: "orders of ada" } }),
  ];
  await api.record({ processId: "p", taskRuns: [task], events });
  all = (await api.listEvents({}, { limit: 1000 })).items;
});
afterAll(async () => {
  await api.close();
  await ledger.remove();
});

const filters: readonly EventFilter[] = [
  {},
  { flowRunIds: [run.id] },
  { flowRunIds: [run.id, other.id] },
  { flowRunIds: [] },
  { taskRunIds: [task.id] },
  { ids: [placed.id] },
  { names: ["millrace.flow-run.Running", "order.paid"] },
  { names: ["order"] },
  { exceptNames: ["millrace.flow-run.Running", "order.paid"] },
  { exceptNamePrefixes: ["millrace.task", "order.p"] },
  { namePrefixes: ["order.", "millrace.task-run."] },
  { namePrefixes: ["millrace."] },
  { resourceIds: ["order.1", `millrace.flow-run.${other.id}`] },
  { resourceIds: [`millrace.task-run.${task.id}`] },
  { resourceIdPrefixes: ["order", "millrace.task-run."] },
  { resourceIds: ["order.1"], resourceIdPrefixes: ["orders"] },
  { since: startAt + 50, until: startAt + 60 },
  { names: ["order.placed"], resourceIds: ["order.1"], since: startAt },
];

describe("a filter of events", () => {
  test.each(filters.map((filter) => [JSON.stringify(filter), filter] as const))(
    "means of single events what the ledger finds by it: %s",
    async (_, filter) => {
      const { items } = await api.listEvents(filter, { limit: 1000 });
      expect(all.filter(matchEvents(filter)).map(({ seq }) => seq)).toEqual(items.map(({ seq }) => seq));
    },
  );
});
