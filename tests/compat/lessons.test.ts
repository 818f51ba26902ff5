import { describeScenario } from "./harness/scenario.ts";

describeScenario("lessons.py");
