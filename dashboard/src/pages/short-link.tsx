import { useQuery } from "@tanstack/react-query";
import { Navigate, useParams } from "@tanstack/react-router";
import { findById, placeOf } from "../app/find-by-id.ts";
import { Loaded } from "../ui/states-of-loading.tsx";

export function ShortLink() {
  const { id = "" } = useParams({ strict: false });
  const query = useQuery({ queryKey: ["id", id], queryFn: async () => placeOf(await findById(id)) });
  return <Loaded query={query}>{(place) => <Navigate {...place} replace />}</Loaded>;
}
