import { describeScenario } from "./harness/scenario.ts";

describeScenario("retries.py");
