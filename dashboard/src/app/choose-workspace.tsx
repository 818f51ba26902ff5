import { useEffect } from "react";
import { baseUrl } from "../api/api.ts";
import { signOut, useSession } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { sayError } from "../ui/toast.ts";
import { workspaceUrl } from "./workspace-paths.ts";

/** For who has come in, and may not be where the page is: the workspaces that they may enter. */
export function ChooseWorkspace() {
  const session = useSession();
  useEffect(() => {
    document.title = "Workspaces · Millrace";
  }, []);
  if (session === null) return null;
  const { account, workspace, workspaces } = session;
  return (
    <main className="flex h-full flex-col items-center overflow-auto px-4 pt-[14vh] pb-8">
      <div className="flex w-full max-w-96 flex-col gap-4">
        <header className="flex items-center gap-2">
          <img src="./icon.svg" alt="" width="24" height="24" />
          <h1 className="text-title font-semibold">
            {workspace === null ? "Choose a workspace" : "No such workspace"}
          </h1>
        </header>
        {workspace === null ? null : (
          <p>
            There is no workspace <b className="break-all">{workspace}</b>, or you are no member of it. An admin of the
            server can let you in.
          </p>
        )}
        {workspaces.length === 0 ? (
          <p>{account?.name} is a member of no workspace yet. Ask an admin of the server to let you into one.</p>
        ) : (
          <ul aria-label="Workspaces" className="flex flex-col gap-2">
            {workspaces.map(({ name, description, role }) => (
              <li key={name}>
                <a
                  href={workspaceUrl(name, baseUrl)}
                  className="flex flex-col gap-0.5 rounded-panel border border-line bg-panel px-3 py-2 hover:bg-hover"
                >
                  <span className="flex items-baseline gap-2">
                    <span className="truncate font-medium">{name}</span>
                    <span className="text-small text-muted">{role}</span>
                  </span>
                  {description === "" ? null : <span className="text-muted">{description}</span>}
                </a>
              </li>
            ))}
          </ul>
        )}
        <div className="flex items-center gap-3 text-muted">
          <span className="truncate">You are in as {account?.name}.</span>
          <Button onClick={() => void signOut().catch(sayError)}>Sign out</Button>
        </div>
      </div>
    </main>
  );
}
