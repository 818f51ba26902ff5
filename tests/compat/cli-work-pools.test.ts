import { describeScenario } from "./harness/scenario.ts";

describeScenario("cli_work_pools.py");
