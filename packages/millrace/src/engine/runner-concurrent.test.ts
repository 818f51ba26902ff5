import { concurrent } from "../sdk/runners.ts";
import { testRunner } from "./runner.testsuite.ts";

testRunner(concurrent());
