/** What an artifact holds, by its kind; what cannot be shown as that is shown as it is written. */

import type { Artifact } from "millrace/client";
import { Component, type ReactNode, useMemo } from "react";
import { Markdown } from "../../ui/markdown.tsx";
import { Code } from "../../ui/panel.tsx";
import { SafeImage, SafeLink } from "../../ui/safe-link.tsx";
import { type Content, readData, textField, toProgress, toTable } from "./artifact-data.ts";
import { ChartView } from "./chart/chart-view.tsx";
import { HtmlView } from "./html-view.tsx";
import { TableView } from "./table-view.tsx";

export function ArtifactView({ artifact }: { readonly artifact: Content }) {
  const instead = <Code text={artifact.data} label={`${nameOf(artifact)}: content`} />;
  return (
    <Failing key={artifact.id} instead={instead}>
      <Drawn artifact={artifact} />
    </Failing>
  );
}

export function nameOf({ key, kind }: Pick<Artifact, "key" | "kind">): string {
  return key ?? `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}

function Drawn({ artifact }: { readonly artifact: Content }): ReactNode {
  const data = useMemo(() => readData({ data: artifact.data }), [artifact.data]);
  const label = nameOf(artifact);
  const asJson = (
    <Code
      text={typeof data === "string" ? data : (JSON.stringify(data, null, 2) ?? artifact.data)}
      label={`${label}: content`}
    />
  );
  switch (artifact.kind) {
    case "markdown":
      return typeof data === "string" ? <Markdown text={data} label={label} /> : asJson;
    case "html":
      return typeof data === "string" ? <HtmlView html={data} label={label} /> : asJson;
    case "table": {
      const table = toTable(data);
      return table === null ? asJson : <TableView table={table} label={label} name={label} />;
    }
    case "chart":
      return <ChartView spec={data} label={label} />;
    case "progress": {
      const value = toProgress(data);
      return value === null ? asJson : <ProgressBar value={value} label={label} />;
    }
    case "link": {
      const url = textField(data, "url") ?? (typeof data === "string" ? data : null);
      if (url === null) return asJson;
      return (
        <p className="break-words">
          <SafeLink address={url}>{textField(data, "text") ?? url}</SafeLink>
        </p>
      );
    }
    case "image": {
      const url = textField(data, "url") ?? (typeof data === "string" ? data : null);
      return url === null ? asJson : <SafeImage address={url} description={textField(data, "alt") ?? label} />;
    }
    default:
      return asJson;
  }
}

export function ProgressBar({ value, label }: { readonly value: number; readonly label: string }) {
  // 100 only when nothing is left.
  const percent = value === 1 ? 100 : Math.min(99.9, Math.round(value * 1000) / 10);
  return (
    <div className="flex items-center gap-3">
      <div
        role="progressbar"
        aria-label={label}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        className="h-2 max-w-96 grow overflow-hidden rounded-full border border-[var(--control-line)]"
      >
        <div className={value === 1 ? "h-full bg-completed" : "h-full bg-running"} style={{ width: `${percent}%` }} />
      </div>
      <span>{percent} %</span>
    </div>
  );
}

class Failing extends Component<
  { readonly instead: ReactNode; readonly children: ReactNode },
  { readonly hasFailed: boolean }
> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
