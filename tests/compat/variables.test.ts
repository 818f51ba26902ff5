import { describeScenario } from "./harness/scenario.ts";

describeScenario("variables.py");
