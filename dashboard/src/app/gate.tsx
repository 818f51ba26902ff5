/**
 * Who may see the pages: where the server asks who somebody is, the page to sign in stands in their place, at any address; and the choice of a workspace, for who may enter only others.
 */

import { useSession, whoIsIn } from "../api/session.ts";
import { late } from "../ui/late.tsx";
import { Frame } from "./frame.tsx";

const SignInPage = late(async () => (await import("./sign-in-page.tsx")).SignInPage);
const ChooseWorkspace = late(async () => (await import("./choose-workspace.tsx")).ChooseWorkspace);

export function Gate() {
  const session = useSession();
  if (session === null) return null;
  const whose = whoIsIn();
  if (session.account?.role === "none") return <ChooseWorkspace />;
  // Nothing that one has typed or opened is there for the next.
  if (whose !== null) return <Frame key={whose} />;
  return <SignInPage />;
}
