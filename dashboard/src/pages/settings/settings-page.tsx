import { useSearch } from "@tanstack/react-router";
import { useSession } from "../../api/session.ts";
import { Allowed } from "../../ui/allowed.tsx";
import { PageHead, Tabs } from "../../ui/page.tsx";
import { Accounts } from "./access/accounts.tsx";
import { AuditLog } from "./access/audit-log.tsx";
import { NoAccessControl } from "./access/no-access-control.tsx";
import { OwnAccount } from "./access/own-account.tsx";
import { Workspaces } from "./access/workspaces.tsx";
import { Configuration } from "./configuration.tsx";
import { CopyDiagnostics } from "./copy-diagnostics.tsx";
import { Preferences } from "./preferences-form.tsx";
import { type SettingsSearch, settingsTabs } from "./settings-search.ts";
import { Status } from "./status.tsx";

type Tab = NonNullable<SettingsSearch["tab"]>;

const labels: Readonly<Record<Tab, string>> = {
  preferences: "Preferences",
  configuration: "Configuration",
  status: "Status",
  account: "Your account",
  accounts: "Accounts",
  workspaces: "Workspaces",
  audit: "Audit log",
};

/** What no workspace has: the server's own page has it. */
const ofServer: ReadonlySet<Tab> = new Set(["accounts", "workspaces", "audit"]);

export function SettingsPage() {
  const { tab = "preferences" } = useSearch({ from: "/settings" });
  const isWorkspace = (useSession()?.workspace ?? null) !== null;
  return (
    <>
      <PageHead title="Settings" actions={<CopyDiagnostics />} />
      <Tabs
        label="Parts of the settings"
        selected={tab}
        items={settingsTabs
          .filter((id) => !isWorkspace || !ofServer.has(id))
          .map((id) => ({
            id,
            label: labels[id],
            link: { to: "/settings", search: id === "preferences" ? {} : { tab: id } },
          }))}
      />
      <Part tab={tab} />
    </>
  );
}

function Part({ tab }: { readonly tab: Tab }) {
  const account = useSession()?.account ?? null;
  switch (tab) {
    case "preferences":
      return <Preferences />;
    case "configuration":
      return (
        <Allowed needs="settings">
          <Configuration />
        </Allowed>
      );
    case "status":
      return <Status />;
    case "account":
      return account === null ? <NoAccessControl /> : <OwnAccount account={account} />;
    case "accounts":
      return account === null ? (
        <NoAccessControl />
      ) : (
        <Allowed needs="listAccounts">
          <Accounts />
        </Allowed>
      );
    case "workspaces":
      return (
        <Allowed needs="listWorkspaces">
          <Workspaces />
        </Allowed>
      );
    case "audit":
      return account === null ? (
        <NoAccessControl />
      ) : (
        <Allowed needs="listAuditEntries">
          <AuditLog />
        </Allowed>
      );
  }
}
