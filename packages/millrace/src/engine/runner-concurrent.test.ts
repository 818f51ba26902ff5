import { concurrent } from "../sdk/runners.ts";
import { testNestedCalls } from "./runner-nested.testsuite.ts";
import { testRunner } from "./runner.testsuite.ts";

testRunner(concurrent());
testNestedCalls(concurrent());
