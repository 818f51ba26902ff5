import type { ReactNode } from "react";
import { type Needs, useWhyNot } from "../app/may.ts";
import { Empty } from "./states-of-loading.tsx";

/** A part of a page that is not for every role: whoever may not see it is told, and nothing is asked of the server. */
export function Allowed({ needs, children }: { readonly needs: Needs; readonly children: ReactNode }) {
  const reason = useWhyNot()(needs);
  if (reason === null) return <>{children}</>;
  return <Empty title={`${reason}.`}>Ask an admin of the server for another role.</Empty>;
}
