import { Link } from "@tanstack/react-router";
import type { AuditEntry } from "millrace/client";
import { CopyButton } from "../../../ui/copy.tsx";
import { Inspector } from "../../../ui/inspector.tsx";
import { Code, Facts } from "../../../ui/panel.tsx";
import { DateTime } from "../../../ui/when.tsx";
import { meansWords } from "./account-words.ts";
import { Outcome, Who } from "./audit-columns.tsx";

/** All that is kept of one call. */
export function AuditInspector({ entry, onClose }: { readonly entry: AuditEntry; readonly onClose: () => void }) {
  const { seq, at, accountId, means, keyId, action, path, address, status, requestId } = entry;
  return (
    <Inspector title={action} onClose={onClose}>
      <Facts
        items={[
          ["When", <DateTime key="at" at={at} />],
          ["Who", <Who key="who" entry={entry} />],
          ["By", means === null ? "nothing: it came with neither key nor password" : meansWords[means]],
          ...(keyId === null ? [] : [["Key", <Id key="key" text={keyId} label="Copy the key's id" />] as const]),
          ["Outcome", <Outcome key="outcome" entry={entry} />],
          ["Answered", status],
          ["From", address],
          ["Request", <Id key="request" text={requestId} label="Copy the request's id" />],
          ["Entry", seq],
        ]}
      />
      <Code text={path} label="Path" />
      {accountId === null ? null : (
        <Link to="/settings" search={{ tab: "audit", account: accountId }} className="link">
          All that this account did
        </Link>
      )}
    </Inspector>
  );
}

function Id({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <span className="inline-flex max-w-full items-center font-mono text-small">
      <span className="min-w-0 break-all">{text}</span>
      <CopyButton text={text} label={label} />
    </span>
  );
}
