import { describeScenario } from "./harness/scenario.ts";

describeScenario("cli_deployments.py");
