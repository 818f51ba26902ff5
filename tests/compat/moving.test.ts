/** From Prefect's own server to ours, by the steps of docs/migrating-from-prefect.md. */

import { describeScenario } from "./harness/scenario.ts";

describeScenario("moving.py", { source: "prefect" });
