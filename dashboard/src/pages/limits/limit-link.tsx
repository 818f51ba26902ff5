import { Navigate, useParams } from "@tanstack/react-router";

/** A limit is shown beside the list of all. */
export function LimitLink() {
  const { id } = useParams({ from: "/limits/limit/$id" });
  return <Navigate to="/limits" search={{ limit: id }} replace />;
}
