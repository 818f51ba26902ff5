import { threads } from "../sdk/runners.ts";
import { testRunner } from "./runner.testsuite.ts";

testRunner(threads({ limit: 2 }));
