import type { AuditEntry } from "millrace/client";
import type { Family, GlyphName } from "../../../states/families.ts";
import { familyText, Glyph } from "../../../states/state-badge.tsx";
import type { Column } from "../../../ui/table.tsx";
import { Ago } from "../../../ui/when.tsx";

const looks: Readonly<Record<AuditEntry["outcome"], readonly [word: string, family: Family, glyph: GlyphName]>> = {
  done: ["Done", "completed", "check"],
  failed: ["Failed", "failed", "cross"],
  denied: ["Denied", "attention", "slash"],
};

export function Outcome({ entry: { outcome, status, calls } }: { readonly entry: AuditEntry }) {
  const [word, family, glyph] = looks[outcome];
  return (
    <span
      className={`inline-flex items-center gap-1.5 font-medium ${familyText[family]}`}
      title={calls === 1 ? `Answered ${status}` : `${calls} calls within a minute, answered ${status}`}
    >
      <Glyph name={glyph} family={family} />
      {word}
      {calls === 1 ? null : ` ×${calls}`}
    </span>
  );
}

export function Who({ entry: { accountId, accountName } }: { readonly entry: AuditEntry }) {
  const name = accountName ?? "";
  if (name === "") return <span className="text-muted">somebody</span>;
  if (accountId !== null) {
    return (
      <span className="truncate font-medium" title={name}>
        {name}
      </span>
    );
  }
  return (
    <span className="truncate text-muted" title={`The name that was given: ${name}`}>
      “{name}”, not known
    </span>
  );
}

const plain = (text: string, className = "text-muted") => (
  <span className={`truncate ${className}`} title={text}>
    {text}
  </span>
);

export const auditColumns: readonly Column<AuditEntry>[] = [
  { id: "at", title: "When", width: "84px", cell: ({ at }) => <Ago at={at} className="text-muted" /> },
  { id: "who", title: "Who", width: "minmax(80px, 1.2fr)", cell: (entry) => <Who entry={entry} /> },
  { id: "means", title: "By", width: "72px", isExtra: true, cell: ({ means }) => plain(means ?? "nothing") },
  { id: "outcome", title: "Outcome", width: "96px", cell: (entry) => <Outcome entry={entry} /> },
  {
    id: "action",
    title: "Action",
    width: "minmax(90px, 1.2fr)",
    cell: ({ action }) => plain(action, "font-mono text-small"),
  },
  {
    id: "path",
    title: "Path",
    width: "minmax(120px, 2.5fr)",
    isExtra: true,
    cell: ({ path }) => plain(path, "font-mono text-small text-muted"),
  },
  { id: "address", title: "From", width: "minmax(80px, 120px)", isExtra: true, cell: ({ address }) => plain(address) },
  {
    id: "request",
    title: "Request",
    width: "minmax(70px, 110px)",
    isExtra: true,
    cell: ({ requestId }) => plain(requestId, "font-mono text-small text-muted"),
  },
];
