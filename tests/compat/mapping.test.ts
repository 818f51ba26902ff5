import { describeScenario } from "./harness/scenario.ts";

describeScenario("mapping.py");
