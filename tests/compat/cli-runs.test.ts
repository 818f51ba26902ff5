import { describeScenario } from "./harness/scenario.ts";

describeScenario("cli_runs.py");
