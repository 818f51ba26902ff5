import { describeScenario } from "./harness/scenario.ts";

describeScenario("automations.py");
