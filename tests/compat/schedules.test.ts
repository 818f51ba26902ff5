import { describeScenario } from "./harness/scenario.ts";

describeScenario("schedules.py");
