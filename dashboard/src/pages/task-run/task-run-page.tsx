import { PageHead } from "../../ui/page.tsx";

export function TaskRunPage() {
  return <PageHead title="Task run" />;
}
