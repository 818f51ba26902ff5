/** Where the process of one run starts. What it executes comes after this, so that it is found compiled. */

import { keepCompiledCode } from "./compiled-code.ts";

keepCompiledCode();
await import("./execute-one-run.ts");
