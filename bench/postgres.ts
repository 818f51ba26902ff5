import type { Benchmark } from "./kit/benchmark.ts";
export const postgres: Benchmark = { name: "postgres", what: "todo", run: async () => ({ skipped: "todo" }) };
