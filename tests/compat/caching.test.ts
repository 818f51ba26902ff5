import { describeScenario } from "./harness/scenario.ts";

describeScenario("caching.py");
