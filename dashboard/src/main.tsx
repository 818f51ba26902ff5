import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startLive } from "./api/live.ts";
import { createQueries } from "./api/queries.ts";
import { startSession } from "./api/session.ts";
import { startPreferences } from "./app/preferences.ts";
import { startShortcuts } from "./app/shortcuts.ts";
import { styleNonce } from "./app/style-nonce.ts";
import { router } from "./router.tsx";
import "./styles.css";

// The primitives of dialogs and menus look for it there.
Object.assign(globalThis, { __webpack_nonce__: styleNonce });
startPreferences();
startShortcuts();
startLive();
void startSession();

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={createQueries()}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
