import { type Preferences as Values, setPreferences, usePreferences } from "../../app/preferences.ts";
import { useNow } from "../../format/now.ts";
import { toFullTime } from "../../format/time.ts";
import { Field, Select } from "../../ui/field.tsx";

/** Names of zones that the browser knows. */
const zones: readonly string[] = Intl.supportedValuesOf("timeZone");

/** Of this browser: they hold at once. */
export function Preferences() {
  const { theme, zone, density, shortcuts } = usePreferences();
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isListed = zone === "local" || zone === "UTC" || zones.includes(zone);
  return (
    <div className="flex max-w-[72ch] flex-col gap-4 overflow-auto p-4">
      <p className="text-muted">They are kept in this browser, and hold for nobody else.</p>
      <Field label="Theme">
        {(ids) => (
          <Select
            {...ids}
            value={theme}
            options={[
              ["system", "As the system"],
              ["light", "Light"],
              ["dark", "Dark"],
            ]}
            onChange={({ target }) => setPreferences({ theme: target.value as Values["theme"] })}
            className="w-64"
          />
        )}
      </Field>
      <Field label="Time zone" hint={<NowThere zone={zone} />}>
        {(ids) => (
          <Select
            {...ids}
            value={zone}
            options={[
              ["local", `This computer's: ${local}`],
              ["UTC", "UTC"],
              ...(isListed ? [] : [[zone, zone] as const]),
              ...zones.filter((each) => each !== "UTC").map((each) => [each, each] as const),
            ]}
            onChange={({ target }) => setPreferences({ zone: target.value })}
            className="w-64"
          />
        )}
      </Field>
      <Field label="Rows of tables">
        {(ids) => (
          <Select
            {...ids}
            value={density}
            options={[
              ["compact", "Compact"],
              ["regular", "Regular"],
              ["comfortable", "Comfortable"],
            ]}
            onChange={({ target }) => setPreferences({ density: target.value as Values["density"] })}
            className="w-64"
          />
        )}
      </Field>
      <label className="flex items-center gap-1.5">
        <input
          type="checkbox"
          checked={shortcuts}
          onChange={({ target }) => setPreferences({ shortcuts: target.checked })}
        />
        Single keys are shortcuts; ? lists them
      </label>
    </div>
  );
}

function NowThere({ zone }: { readonly zone: string }) {
  const now = useNow();
  return <>It is {toFullTime(Math.floor(now / 1000) * 1000, zone).replace(".000", "")} there.</>;
}
