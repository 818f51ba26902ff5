import { describeScenario } from "./harness/scenario.ts";

describeScenario("logs.py");
