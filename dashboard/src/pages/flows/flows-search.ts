/** What the list of flows and the page of one show, as it stands in the address. */

export interface FlowsSearch {
  /** In the name. */
  readonly q?: string;
  readonly tag?: string;
}

export function readFlowsSearch(given: Readonly<Record<string, unknown>>): FlowsSearch {
  const kept = (["q", "tag"] as const).flatMap((name) => {
    // A text of digits alone is read from an address as a number.
    const value = typeof given[name] === "number" ? String(given[name]) : given[name];
    return typeof value === "string" && value !== "" ? [[name, value] as const] : [];
  });
  return Object.fromEntries(kept);
}

export const flowTabs = ["runs", "trends", "tasks", "deployments"] as const;
export type FlowTab = (typeof flowTabs)[number];

export const spans = { "24h": 86_400_000, "7d": 604_800_000, "30d": 2_592_000_000, "90d": 7_776_000_000 } as const;
export type Span = keyof typeof spans;

export interface FlowSearch {
  /** Default: runs. */
  readonly tab?: FlowTab;
  /** How far back trends go. Default: 30 days. */
  readonly span?: Span;
}

export function readFlowSearch({ tab, span }: Readonly<Record<string, unknown>>): FlowSearch {
  return {
    ...(flowTabs.includes(tab as FlowTab) ? { tab: tab as FlowTab } : {}),
    ...(typeof span === "string" && span in spans ? { span: span as Span } : {}),
  };
}
