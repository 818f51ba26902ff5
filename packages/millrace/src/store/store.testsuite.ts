/** What every store does. Each database's test runs it, with a ledger made anew for each part. */

import type { MakeLedger } from "./suite/ledger.testsuite.ts";
import { testAccess } from "./suite/access.testsuite.ts";
import { testAggregates } from "./suite/aggregates.testsuite.ts";
import { testConcurrencyLimits } from "./suite/concurrency-limits.testsuite.ts";
import { testCopies } from "./suite/copies.testsuite.ts";
import { testFlowRuns } from "./suite/flow-runs.testsuite.ts";
import { testFailures } from "./suite/failures.testsuite.ts";
import { testFlowTrends } from "./suite/flow-trends.testsuite.ts";
import { testLedgerAsAWhole } from "./suite/ledger-as-a-whole.testsuite.ts";
import { testDueRuns } from "./suite/due-runs.testsuite.ts";
import { testNamedValues } from "./suite/named-values.testsuite.ts";
import { testObjects } from "./suite/objects.testsuite.ts";
import { testObserved } from "./suite/observed.testsuite.ts";
import { testProcesses } from "./suite/processes.testsuite.ts";
import { testRunGraph } from "./suite/run-graph.testsuite.ts";
import { testTaskRunChanges } from "./suite/task-run-changes.testsuite.ts";
import { testTaskRuns } from "./suite/task-runs.testsuite.ts";
import { testTimeline } from "./suite/timeline.testsuite.ts";
import { testTraces } from "./suite/traces.testsuite.ts";
import { testWorkspaces } from "./suite/workspaces.testsuite.ts";

export function testStore(makeLedger: MakeLedger): void {
  testFlowRuns(makeLedger);
  testTaskRuns(makeLedger);
  testTaskRunChanges(makeLedger);
  testTraces(makeLedger);
  testNamedValues(makeLedger);
  testDueRuns(makeLedger);
  testProcesses(makeLedger);
  testObjects(makeLedger);
  testObserved(makeLedger);
  testConcurrencyLimits(makeLedger);
  testAggregates(makeLedger);
  testTimeline(makeLedger);
  testRunGraph(makeLedger);
  testFlowTrends(makeLedger);
  testFailures(makeLedger);
  testAccess(makeLedger);
  testWorkspaces(makeLedger);
  testLedgerAsAWhole(makeLedger);
  testCopies(makeLedger);
}
