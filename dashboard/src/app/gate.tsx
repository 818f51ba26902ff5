/**
 * Who may see the pages: where the server asks who somebody is, the page to sign in stands in their place, at any address; and the choice of a workspace, for who may enter only others.
 */

import { lazy, Suspense } from "react";
import { useSession, whoIsIn } from "../api/session.ts";
import { Frame } from "./frame.tsx";

const SignInPage = lazy(async () => ({ default: (await import("./sign-in-page.tsx")).SignInPage }));
const ChooseWorkspace = lazy(async () => ({ default: (await import("./choose-workspace.tsx")).ChooseWorkspace }));

export function Gate() {
  const session = useSession();
  if (session === null) return null;
  const whose = whoIsIn();
  if (session.account?.role === "none") {
    return (
      <Suspense>
        <ChooseWorkspace />
      </Suspense>
    );
  }
  // Nothing that one has typed or opened is there for the next.
  if (whose !== null) return <Frame key={whose} />;
  return (
    <Suspense>
      <SignInPage />
    </Suspense>
  );
}
