import { Navigate, useParams } from "@tanstack/react-router";

/** A webhook is shown beside the list of all. */
export function WebhookLink() {
  const { id } = useParams({ from: "/webhooks/webhook/$id" });
  return <Navigate to="/webhooks" search={{ webhook: id }} replace />;
}
