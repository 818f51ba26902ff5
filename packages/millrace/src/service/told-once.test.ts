import { expect, test } from "vitest";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import { systemClock } from "../kit/clock.ts";
import { aState, aTaskRun, startAt } from "../store/suite/samples.testsuite.ts";
import { createService } from "./create-service.ts";
import { begin, register } from "./suite/api-under-test.testsuite.ts";

const pending = aState("PENDING");
const running = aState("RUNNING", startAt + 1);
const completed = aState("COMPLETED", startAt + 2);

test.each([
  { written: true, name: "was written" },
  { written: false, name: "was not written" },
])("what nobody knows to be written, and $name, is told by one event each", async ({ written }) => {
  const ledger = await makeLedger();
  const store = await ledger.open();
  const service = createService({ store, clock: systemClock });
  const run = await begin(service, await register(service, { startedAt: 1 }));
  const begun = { ...aTaskRun(run.id, [pending, running]), epoch: run.epoch };
  if (written) await service.record({ processId: "p", taskRuns: [begun] });
  const history = [pending, running, completed];
  const ended = { ...begun, state: completed, history, newStates: 3, mayRepeat: true as const };
  await service.record({ processId: "p", taskRuns: [ended] });
  const { items } = await service.listEvents({ flowRunIds: [run.id] });
  const told = items.filter(({ taskRunId }) => taskRunId !== null);
  expect(told.map(({ name, payload }) => [name, payload])).toEqual(
    written
      ? [
          ["millrace.task-run.Running", '{"passed":["Pending"]}'],
          ["millrace.task-run.Completed", null],
        ]
      : [["millrace.task-run.Completed", '{"passed":["Pending","Running"]}']],
  );
  await store.close();
  await ledger.remove();
});
