/**
 * The gallery: what ui/ and states/ have, in all their states, without a server. For who works on the dashboard: `npm run
 * gallery`. It is no part of what is built.
 */

import { createMemoryHistory, createRootRoute, createRouter, type RegisteredRouter } from "@tanstack/react-router";
import { mount } from "../app/mount.tsx";
import { setPreferences, startPreferences } from "../app/preferences.ts";
import { Gallery } from "./gallery.tsx";
import "../styles.css";

startPreferences();
/** `?theme=dark` shows the other side, whatever the system has. */
const theme = new URLSearchParams(location.search).get("theme");
if (theme === "light" || theme === "dark") setPreferences({ theme });

/** Links lead nowhere. */
const router = createRouter({
  routeTree: createRootRoute({ component: Gallery, notFoundComponent: () => null }),
  history: createMemoryHistory(),
}) as unknown as RegisteredRouter;

mount(router);
