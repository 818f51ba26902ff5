import { startLive } from "./api/live.ts";
import { startSession } from "./api/session.ts";
import { mount } from "./app/mount.tsx";
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

mount(router);
