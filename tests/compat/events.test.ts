import { describeScenario } from "./harness/scenario.ts";

describeScenario("events.py");
