import { describeScenario } from "./harness/scenario.ts";

describeScenario("concurrency.py");
