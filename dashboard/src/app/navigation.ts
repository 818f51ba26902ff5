/** The places there are: the side bar, the palette and the two-letter shortcuts are made of it. */

import {
  Bell,
  Boxes,
  CalendarDays,
  ChartNoAxesGantt,
  CircleGauge,
  FileBox,
  Inbox,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  Network,
  Rocket,
  Server,
  Settings,
  TriangleAlert,
  Variable,
  Webhook,
  Workflow,
} from "lucide-react";

export interface Place {
  readonly title: string;
  readonly to: string;
  readonly icon: LucideIcon;
  /** After `g`. */
  readonly key?: string;
}

export const groups: readonly { readonly title: string; readonly places: readonly Place[] }[] = [
  {
    title: "Run",
    places: [
      { title: "Overview", to: "/", icon: LayoutDashboard, key: "o" },
      { title: "Runs", to: "/runs", icon: ChartNoAxesGantt, key: "r" },
      { title: "Failures", to: "/failures", icon: TriangleAlert, key: "f" },
      { title: "Inbox", to: "/inbox", icon: Inbox, key: "i" },
      { title: "Flows", to: "/flows", icon: Workflow, key: "w" },
      { title: "Deployments", to: "/deployments", icon: Rocket, key: "d" },
      { title: "Calendar", to: "/calendar", icon: CalendarDays, key: "c" },
      { title: "Automations", to: "/automations", icon: Network, key: "a" },
      { title: "Events", to: "/events", icon: Bell, key: "e" },
      { title: "Webhooks", to: "/webhooks", icon: Webhook, key: "h" },
    ],
  },
  {
    title: "Data",
    places: [{ title: "Artifacts", to: "/artifacts", icon: FileBox, key: "t" }],
  },
  {
    title: "System",
    places: [
      { title: "Work pools", to: "/work-pools", icon: Server, key: "p" },
      { title: "Limits", to: "/limits", icon: CircleGauge, key: "l" },
      { title: "Blocks", to: "/blocks", icon: Boxes, key: "b" },
      { title: "Variables", to: "/variables", icon: Variable, key: "v" },
      { title: "Secrets", to: "/secrets", icon: KeyRound, key: "s" },
      { title: "Settings", to: "/settings", icon: Settings, key: "," },
    ],
  },
];

export const places: readonly Place[] = groups.flatMap(({ places: those }) => those);
