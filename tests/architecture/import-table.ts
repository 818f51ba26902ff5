/**
 * Who may import whom in packages/millrace/src, by top folder. The order is from the ground up. A new pair needs a
 * decision record in docs/decisions/.
 */

export interface LayerRule {
  /** Layers it may import. Its own files are always allowed. */
  readonly imports: readonly string[] | "all";
  /** Layers it may reach late only: by `import()` or as types, so that loading it does not load them. */
  readonly late?: readonly string[];
}

export const importTable: Readonly<Record<string, LayerRule>> = {
  kit: { imports: [] },
  contract: { imports: ["kit"] },
  rules: { imports: ["contract", "kit"] },
  sdk: { imports: ["contract", "kit"] },
  engine: { imports: ["contract", "rules", "kit"] },
  results: { imports: ["contract", "kit"] },
  store: { imports: ["contract", "kit"] },
  service: { imports: ["contract", "rules", "kit"] },
  loops: { imports: ["contract", "rules", "kit"] },
  server: { imports: ["contract", "kit"] },
  client: { imports: ["contract", "kit"] },
  testing: { imports: ["contract", "rules", "kit"], late: ["app"] },
  worker: { imports: ["contract", "kit"] },
  python: { imports: ["contract", "kit"] },
  // Each folder of modules/ is a layer of its own under this rule; none imports another.
  modules: { imports: ["contract", "rules", "kit"] },
  app: { imports: "all" },
  cli: { imports: ["contract", "client", "kit"], late: ["app"] },
  exports: { imports: "all" },
};

/** Files that are not shipped may import any layer, except one module another. */
export const unshippedFile = /\.(test|test-d|testsuite|bench)\.ts$|\/fixtures\//;
