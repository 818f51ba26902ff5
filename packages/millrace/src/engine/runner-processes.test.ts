import { processes } from "../sdk/runners.ts";
import { testNestedCalls } from "./runner-nested.testsuite.ts";
import { testRunner } from "./runner.testsuite.ts";

testRunner(processes({ limit: 2 }));
testNestedCalls(processes({ limit: 2 }));
