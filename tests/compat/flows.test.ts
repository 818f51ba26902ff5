import { describeScenario } from "./harness/scenario.ts";

describeScenario("flows.py");
