import type { Flow } from "millrace/client";
import { Empty } from "../../ui/states-of-loading.tsx";

export function TaskGridTab({ flow }: { readonly flow: Flow }) {
  return <Empty title={flow.name} />;
}
