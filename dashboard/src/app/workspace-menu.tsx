import { Check, ChevronsUpDown, Layers } from "lucide-react";
import { baseUrl } from "../api/api.ts";
import { useSession } from "../api/session.ts";
import { Menu } from "../ui/menu.tsx";
import { serverUrl, workspaceUrl } from "./workspace-paths.ts";

/** Which workspace it is, and the way to the others. Not there where the server has none. */
export function WorkspaceMenu() {
  const session = useSession();
  if (session === null || (session.workspace === null && session.workspaces.length === 0)) return null;
  const { workspace, workspaces } = session;
  const shown = workspace ?? "No workspace";
  // What is open is of one workspace: the page begins anew.
  const go = (url: string) => () => location.assign(url);
  const mark = (isHere: boolean) => (isHere ? <Check size={14} /> : <span className="w-[14px]" />);
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Workspace: ${shown}`}
          className="flex h-7 min-w-0 max-w-48 items-center gap-1.5 rounded-control border border-[var(--control-line)] px-2 hover:bg-hover max-sm:max-w-24"
        >
          <Layers size={14} className="shrink-0" />
          <span className={`truncate ${workspace === null ? "text-muted" : ""}`}>{shown}</span>
          <ChevronsUpDown size={12} className="shrink-0 text-muted" />
        </button>
      }
      head={<span className="text-small text-muted">Workspaces of this server</span>}
      items={[
        { label: "No workspace: the server itself", icon: mark(workspace === null), onSelect: go(serverUrl(baseUrl)) },
        "line",
        ...workspaces.map(({ name }) => ({
          label: name,
          icon: mark(name === workspace),
          onSelect: go(workspaceUrl(name, baseUrl)),
        })),
      ]}
    />
  );
}
