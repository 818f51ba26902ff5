import { describeScenario } from "./harness/scenario.ts";

describeScenario("blocks.py");
