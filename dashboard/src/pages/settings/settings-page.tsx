import { useSearch } from "@tanstack/react-router";
import { PageHead, Tabs } from "../../ui/page.tsx";
import { Access } from "./access.tsx";
import { Configuration } from "./configuration.tsx";
import { CopyDiagnostics } from "./copy-diagnostics.tsx";
import { Preferences } from "./preferences-form.tsx";
import { Status } from "./status.tsx";

export function SettingsPage() {
  const { tab = "preferences" } = useSearch({ from: "/settings" });
  const to = "/settings";
  return (
    <>
      <PageHead title="Settings" actions={<CopyDiagnostics />} />
      <Tabs
        label="Parts of the settings"
        selected={tab}
        items={[
          { id: "preferences", label: "Preferences", link: { to, search: {} } },
          { id: "configuration", label: "Configuration", link: { to, search: { tab: "configuration" } } },
          { id: "status", label: "Status", link: { to, search: { tab: "status" } } },
          { id: "access", label: "Access", link: { to, search: { tab: "access" } } },
        ]}
      />
      {tab === "preferences" ? <Preferences /> : null}
      {tab === "configuration" ? <Configuration /> : null}
      {tab === "status" ? <Status /> : null}
      {tab === "access" ? <Access /> : null}
    </>
  );
}
