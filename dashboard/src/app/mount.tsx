import { QueryClientProvider } from "@tanstack/react-query";
import { type RegisteredRouter, RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queries } from "../api/queries.ts";

/** Shows what the router has, in the page's root. */
export function mount(router: RegisteredRouter): void {
  const root = document.getElementById("root");
  if (root === null) throw new Error("The page has no root");
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
