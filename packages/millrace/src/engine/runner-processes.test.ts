import { processes } from "../sdk/runners.ts";
import { testRunner } from "./runner.testsuite.ts";

testRunner(processes({ limit: 2 }));
