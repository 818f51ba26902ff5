import { describeScenario } from "./harness/scenario.ts";

describeScenario("workers.py");
