import { useQuery } from "@tanstack/react-query";
import { Navigate, useParams } from "@tanstack/react-router";
import { api } from "../api/api.ts";
import { toPath } from "../app/paths.ts";
import { Loaded } from "../ui/states-of-loading.tsx";

export function ShortLink() {
  const { id = "" } = useParams({ strict: false });
  const query = useQuery({ queryKey: ["id", id], queryFn: () => api.resolveId(id) });
  return <Loaded query={query}>{(found) => <Navigate to={toPath(found.kind, found.id)} replace />}</Loaded>;
}
