import { threads } from "../sdk/runners.ts";
import { testNestedCalls } from "./runner-nested.testsuite.ts";
import { testRunner } from "./runner.testsuite.ts";

testRunner(threads({ limit: 2 }));
testNestedCalls(threads({ limit: 2 }));
