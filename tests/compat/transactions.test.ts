import { describeScenario } from "./harness/scenario.ts";

describeScenario("transactions.py");
