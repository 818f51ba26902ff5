import { describeScenario } from "./harness/scenario.ts";

describeScenario("hooks.py");
