import { describeScenario } from "./harness/scenario.ts";

describeScenario("subflows.py");
