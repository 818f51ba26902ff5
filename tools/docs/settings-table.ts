/** The settings, from the table that reads them. */

import { settingNames, settingsTable } from "../../packages/millrace/src/app/settings-table.ts";
import { code, table } from "./markdown.ts";
import { interfaceMembers } from "./source-declarations.ts";

export function renderSettings(): string {
  const types = new Map(
    interfaceMembers("app/settings-table.ts", "SettingValues").map(({ name, type }) => [name, type]),
  );
  const rows = settingNames.map((name) => {
    const { variable, default: initial, description, notIn } = settingsTable[name];
    const places = { file: "millrace.toml", profile: "a profile" };
    const own = notIn === undefined ? "" : ` Not in ${notIn.map((each) => places[each]).join(" or ")}.`;
    const value = valueOf(name, types.get(name) ?? "");
    return [code(name), code(variable), value, initial === null ? "not set" : code(initial), description + own];
  });
  return table(["Setting", "Variable", "Value", "Default", "What it does"], rows);
}

/** What a setting takes, by the type of its value and the unit in its name. */
function valueOf(name: string, type: string): string {
  const words = Array.from(type.matchAll(/"([^"]+)"/g), ([, word = ""]) => code(word));
  if (words.length > 0) return words.join(", ");
  if (type === "boolean") return `${code("true")}, ${code("false")}`;
  if (type.startsWith("readonly string[]")) return "list";
  if (type === "LogLevel") return "a log level";
  if (!type.startsWith("number")) return "text";
  if (name.endsWith("Ms")) return "duration";
  return name.endsWith("Bytes") ? "size" : "whole number";
}
