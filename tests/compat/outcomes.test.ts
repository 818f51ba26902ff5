import { describeScenario } from "./harness/scenario.ts";

describeScenario("outcomes.py");
