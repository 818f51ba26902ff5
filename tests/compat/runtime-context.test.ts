import { describeScenario } from "./harness/scenario.ts";

describeScenario("runtime_context.py");
