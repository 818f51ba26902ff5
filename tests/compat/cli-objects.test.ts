import { describeScenario } from "./harness/scenario.ts";

describeScenario("cli_objects.py");
