/** What every Api keeps: run against the service in this process, and against a client with a server between. */

import { expect, test } from "vitest";
import { apiMethods } from "../contract/wire/v1-calls.ts";
import { type MakeApi, useApi } from "./suite/api-under-test.testsuite.ts";
import { testAccess } from "./suite/access.testsuite.ts";
import { testAggregates } from "./suite/aggregates.testsuite.ts";
import { testConcurrency } from "./suite/concurrency.testsuite.ts";
import { testObjects } from "./suite/objects.testsuite.ts";
import { testDeployments } from "./suite/deployments.testsuite.ts";
import { testDeploymentVersions } from "./suite/deployment-versions.testsuite.ts";
import { testInbox } from "./suite/inbox.testsuite.ts";
import { testLongQuestions } from "./suite/long-questions.testsuite.ts";
import { testRecording } from "./suite/recording.testsuite.ts";
import { testRuns } from "./suite/runs.testsuite.ts";
import { testUses } from "./suite/uses.testsuite.ts";
import { testWorkspaces } from "./suite/workspaces.testsuite.ts";
import { testValues } from "./suite/values.testsuite.ts";
import { testWaiting } from "./suite/waiting.testsuite.ts";
import { testWork } from "./suite/work.testsuite.ts";

export function testApi(makeApi: MakeApi): void {
  const used = useApi(makeApi);
  testRecording(used);
  testRuns(used);
  testValues(used);
  testObjects(used);
  testDeployments(used);
  testWork(used);
  testWaiting(used);
  testInbox(used);
  testConcurrency(used);
  testAccess(used);
  testAggregates(used);
  testDeploymentVersions(used);
  testLongQuestions(used);
  testUses(used);
  testWorkspaces(used);

  test("each method was called by a test above", () => {
    expect([...used.called].sort()).toEqual([...apiMethods].sort());
  });
}
