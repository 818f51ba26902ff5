import { Toaster } from "sonner";
import { setPreferences, usePreferences } from "../app/preferences.ts";
import { Select } from "../ui/field.tsx";
import { PageHead } from "../ui/page.tsx";
import { Controls } from "./controls.tsx";
import { Fields } from "./fields.tsx";
import { Lists } from "./lists.tsx";
import { Loading } from "./loading.tsx";
import { Overlays } from "./overlays.tsx";
import { States } from "./states.tsx";
import { Texts } from "./texts.tsx";
import { Tokens } from "./tokens.tsx";

export function Gallery() {
  const { theme, density } = usePreferences();
  return (
    <main id="main" className="flex h-full flex-col">
      <PageHead
        title="Gallery"
        facts={<span>What pages are made of, in all its states</span>}
        actions={
          <>
            <Select
              aria-label="Theme"
              value={theme}
              onChange={({ target }) => setPreferences({ theme: target.value as typeof theme })}
              options={[
                ["system", "As the system"],
                ["light", "Light"],
                ["dark", "Dark"],
              ]}
            />
            <Select
              aria-label="Rows of tables"
              value={density}
              onChange={({ target }) => setPreferences({ density: target.value as typeof density })}
              options={[
                ["comfortable", "Comfortable"],
                ["regular", "Regular"],
                ["compact", "Compact"],
              ]}
            />
          </>
        }
      />
      <div
        className="flex min-h-0 grow flex-col gap-8 overflow-auto border-t border-line p-4"
        tabIndex={0}
        role="region"
        aria-label="All parts"
      >
        <Tokens />
        <States />
        <Controls />
        <Fields />
        <Texts />
        <Lists />
        <Loading />
        <Overlays />
      </div>
      <Toaster position="bottom-right" theme="system" closeButton />
    </main>
  );
}
