import { describeScenario } from "./harness/scenario.ts";

describeScenario("serving.py");
