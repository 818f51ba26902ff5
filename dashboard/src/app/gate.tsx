/** Who may see the pages: where the server asks who somebody is, the page to sign in stands in their place, at any address. */

import { lazy, Suspense } from "react";
import { useSession, whoIsIn } from "../api/session.ts";
import { Frame } from "./frame.tsx";

const SignInPage = lazy(async () => ({ default: (await import("./sign-in-page.tsx")).SignInPage }));

export function Gate() {
  const session = useSession();
  if (session === null) return null;
  const whose = whoIsIn();
  // Nothing that one has typed or opened is there for the next.
  if (whose !== null) return <Frame key={whose} />;
  return (
    <Suspense>
      <SignInPage />
    </Suspense>
  );
}
