import { describeScenario } from "./harness/scenario.ts";

describeScenario("pauses.py");
