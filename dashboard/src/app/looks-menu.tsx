/** How the pages look to who uses this browser: theme, height of rows, zone of times. All zones are in the settings. */

import { Monitor, Moon, Sun } from "lucide-react";
import { IconButton } from "../ui/button.tsx";
import { Menu, type MenuChoice } from "../ui/menu.tsx";
import { type Preferences, setPreferences, usePreferences } from "./preferences.ts";

const themes = {
  system: { label: "As the system", icon: Monitor },
  light: { label: "Light", icon: Sun },
  dark: { label: "Dark", icon: Moon },
} as const;
const densities = { compact: "Compact", regular: "Regular", comfortable: "Comfortable" } as const;

export function LooksMenu() {
  const { theme, density, zone } = usePreferences();
  const ThemeIcon = themes[theme].icon;
  const zones = ["local", "UTC", ...(zone === "local" || zone === "UTC" ? [] : [zone])];
  const choices: readonly MenuChoice[] = [
    {
      title: "Theme",
      chosen: theme,
      options: Object.entries(themes).map(([value, { label, icon: Icon }]) => ({
        value,
        label,
        icon: <Icon size={14} />,
      })),
      onChoose: (value) => setPreferences({ theme: value as Preferences["theme"] }),
    },
    {
      title: "Rows of tables",
      chosen: density,
      options: Object.entries(densities).map(([value, label]) => ({ value, label })),
      onChoose: (value) => setPreferences({ density: value as Preferences["density"] }),
    },
    {
      title: "Times",
      chosen: zone,
      options: zones.map((value) => ({ value, label: value === "local" ? "This computer's" : value })),
      onChoose: (value) => setPreferences({ zone: value }),
    },
  ];
  return (
    <Menu
      trigger={
        <IconButton label="Theme, rows and times">
          <ThemeIcon size={16} />
        </IconButton>
      }
      items={choices}
    />
  );
}
