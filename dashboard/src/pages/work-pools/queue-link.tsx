import { useQuery } from "@tanstack/react-query";
import { Navigate, useParams } from "@tanstack/react-router";
import { api } from "../../api/api.ts";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";

/** The address of a queue leads to its line on the page of its pool. */
export function QueueLink() {
  const { id } = useParams({ from: "/work-queues/work-queue/$id" });
  const query = useQuery({
    queryKey: ["work-queue", id],
    queryFn: async () => {
      const queue = await api.readObject("work-queue", id);
      const pool = queue === null ? null : await api.readObject("work-pool", queue.workPoolId);
      return queue === null || pool === null ? null : { queue, pool };
    },
  });
  return (
    <Loaded query={query}>
      {(found) =>
        found === null ? (
          <Empty title="There is no such queue" />
        ) : (
          <Navigate
            to="/work-pools/work-pool/$name"
            params={{ name: found.pool.name }}
            search={{ tab: "queues", queue: found.queue.name }}
            replace
          />
        )
      }
    </Loaded>
  );
}
