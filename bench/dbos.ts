import type { Benchmark } from "./kit/benchmark.ts";
export const dbos: Benchmark = { name: "dbos", what: "todo", run: async () => ({ skipped: "todo" }) };
