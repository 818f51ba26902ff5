import { ClipboardCopy } from "lucide-react";
import { useCallback } from "react";
import { api } from "../../api/api.ts";
import { getPreferences } from "../../app/preferences.ts";
import { Button } from "../../ui/button.tsx";
import { say } from "../../ui/toast.ts";
import { useAction } from "../../ui/use-action.ts";

/** Of what cannot be read, why. */
async function readOr<T>(read: () => Promise<T>): Promise<T | { readonly error: string }> {
  try {
    return await read();
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** What a report of a defect needs: no parameters, no values, and settings with their secrets masked. */
export function CopyDiagnostics() {
  const action = useAction(
    useCallback(async () => {
      const [info, status, settings] = await Promise.all([
        readOr(() => api.readServerInfo()),
        readOr(() => api.readServerStatus()),
        readOr(async () => (await api.readServerSettings()).settings.filter(({ from }) => from !== "default")),
      ]);
      const page = {
        agent: navigator.userAgent,
        size: `${innerWidth} × ${innerHeight} at ${devicePixelRatio}`,
        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        preferences: getPreferences(),
      };
      await navigator.clipboard.writeText(JSON.stringify({ info, status, settings, page }, null, 2));
      say("The diagnostics are copied: look through them before you pass them on");
    }, []),
  );
  return (
    <Button
      icon={<ClipboardCopy size={14} />}
      whyNot={action.isBusy ? "They are being read" : null}
      onClick={() => void action.run()}
    >
      Copy diagnostics
    </Button>
  );
}
