import { describeScenario } from "./harness/scenario.ts";

describeScenario("cancellation.py");
