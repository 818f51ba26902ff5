import { describeScenario } from "./harness/scenario.ts";

describeScenario("artifacts.py");
