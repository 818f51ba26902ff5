import { describeScenario } from "./harness/scenario.ts";

describeScenario("background_tasks.py");
