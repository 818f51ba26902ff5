import { PageHead } from "../../ui/page.tsx";

export function OverviewPage() {
  return <PageHead title="Overview" />;
}
