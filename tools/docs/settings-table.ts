/** The settings, from the table that reads them. */

import { settingNames, settingsTable } from "../../packages/millrace/src/app/settings-table.ts";
import { code, table } from "./markdown.ts";
import { interfaceMembers } from "./source-declarations.ts";

export function renderSettings(): string {
  const types = new Map(
    interfaceMembers("app/settings-table.ts", "SettingValues").map(({ name, type }) => [name, type]),
  );
  const rows = settingNames.map((name) => {
    const { variable, default: initial, description, isEnvironmentOnly } = settingsTable[name];
    const own = isEnvironmentOnly === true ? " Not in a profile." : "";
    const value = valueOf(name, types.get(name) ?? "");
    return [code(name), code(variable), value, initial === null ? "not set" : code(initial), description + own];
  });
  return table(["Setting", "Variable", "Value", "Default", "What it does"], rows);
}

/** What a setting takes, by the type of its value and the unit in its name. */
function valueOf(name: string, type: string): string {
  const words = Array.from(type.matchAll(/"([^"]+)"/g), ([, word = ""]) => code(word));
  if (words.length > 0) return words.join(", ");
  if (type === "LogLevel") return "a log level";
  if (type !== "number") return "text";
  if (name.endsWith("Ms")) return "duration";
  return name.endsWith("Bytes") ? "size" : "whole number";
}
