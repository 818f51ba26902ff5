/**
 * What a person has set, and where. The only file that reads the process's environment. A setting is, first found first
 * taken: an option of the call, a variable of the environment, a variable of `.env` in the working directory, the profile,
 * the default.
 */

import { MillraceError } from "../contract/errors.ts";
import { nearest } from "../kit/nearest.ts";
import { createEnvironment, type Environment, type Variables } from "./env-file.ts";
import { findProfile, type Profile, readProfiles, writeProfileSetting } from "./profiles.ts";
import {
  type SettingName,
  settingNames,
  type SettingRule,
  settingsTable,
  type SettingValues,
} from "./settings-table.ts";

export interface Settings extends SettingValues {
  /** The name of the profile that is used. */
  readonly profile: string;
  /** Where each value is from: "default", "profile <name>", "environment MILLRACE_X", ".env" or "option". */
  readonly origins: Readonly<Record<SettingName, string>>;
}

/** A setting given here, as a text, goes before all others. */
export interface SettingsOptions extends Readonly<Partial<Record<SettingName, string | undefined>>> {
  readonly profile?: string | undefined;
  /** In place of the process's environment. */
  readonly env?: Variables;
  /** Where `.env` is looked for, and what relative folders are relative to. Default: the working directory. */
  readonly cwd?: string;
}

/** A setting for people. */
export interface SettingDescription {
  readonly name: SettingName;
  /** Null where it is not set. What is secret is masked. */
  readonly value: string | number | null;
  readonly from: string;
  readonly variable: string;
  readonly description: string;
}

/** The settings that hold here and now. @throws SETTING_INVALID with the setting, where it was set, and what would be right */
export function readSettings(options: SettingsOptions = {}): Settings {
  const { env = process.env, cwd = process.cwd() } = options;
  const environment = createEnvironment({ own: env, folder: cwd });
  const home = readOne("home", { options, environment, profile: null, cwd }).value;
  const profiles = readProfiles(home);
  const name = options.profile ?? findSet(environment, "MILLRACE_PROFILE")?.value ?? profiles.active;
  const profile = { name, home, values: checkNames(findProfile(profiles, name), name) };
  const found = settingNames.map((each) => [each, readOne(each, { options, environment, profile, cwd })] as const);
  return {
    ...(Object.fromEntries(found.map(([each, { value }]) => [each, value])) as unknown as SettingValues),
    profile: name,
    origins: Object.fromEntries(found.map(([each, { from }]) => [each, from])) as Record<SettingName, string>,
  };
}

/** Where the ledger and the profiles are, which no profile says. */
export function readHome(): string {
  const cwd = process.cwd();
  const environment = createEnvironment({ own: process.env, folder: cwd });
  return readOne("home", { options: {}, environment, profile: null, cwd }).value;
}

interface Sources {
  readonly options: SettingsOptions;
  readonly environment: Environment;
  readonly profile: { readonly name: string; readonly home: string; readonly values: Profile } | null;
  readonly cwd: string;
}

interface FoundText {
  readonly text: string;
  readonly from: string;
  /** What a relative folder is relative to. */
  readonly base: string;
}

function readOne<Name extends SettingName>(
  name: Name,
  sources: Sources,
): { readonly value: SettingValues[Name]; readonly from: string } {
  const rule: SettingRule<SettingValues[Name]> = settingsTable[name];
  const found = findText(name, rule.variable, sources) ?? { text: rule.default, from: "default", base: sources.cwd };
  const { text, from, base } = found;
  // Only a setting that may be absent has the default null.
  if (text === null) return { value: null as SettingValues[Name], from };
  try {
    return { value: rule.parse(text, base), from };
  } catch (error) {
    throw invalid(`\`${name}\` (${from})`, (error as Error).message);
  }
}

function findText(name: SettingName, variable: string, sources: Sources): FoundText | undefined {
  const { options, environment, profile, cwd } = sources;
  const option = options[name];
  if (option !== undefined) return { text: option, from: "option", base: cwd };
  const set = findSet(environment, variable) ?? findByConvention(name, environment);
  if (set !== undefined) return { text: set.value, from: set.from, base: cwd };
  const kept = profile?.values[name];
  if (profile === null || kept === undefined || kept === null) return undefined;
  return { text: String(kept), from: `profile ${profile.name}`, base: profile.home };
}

/** A variable that is set, and not to nothing. */
function findSet(environment: Environment, variable: string): { value: string; from: string } | undefined {
  const found = environment.find(variable);
  if (found === undefined || found.value === "") return undefined;
  return { value: found.value, from: found.from === ".env" ? ".env" : `environment ${variable}` };
}

/** What the conventions of terminals say of a setting. */
function findByConvention(name: SettingName, environment: Environment): { value: string; from: string } | undefined {
  if (name === "color") return findColor(environment);
  const term = name === "live" ? findSet(environment, "TERM") : undefined;
  // A terminal that cannot move its cursor.
  return term?.value === "dumb" ? { ...term, value: "lines" } : undefined;
}

/** What https://no-color.org and https://force-color.org ask for; as in Node, the second goes before the first. */
function findColor(environment: Environment): { value: string; from: string } | undefined {
  const force = findSet(environment, "FORCE_COLOR");
  if (force !== undefined) return { ...force, value: /^(0|false)$/.test(force.value) ? "never" : "always" };
  const no = findSet(environment, "NO_COLOR");
  return no === undefined ? undefined : { ...no, value: "never" };
}

/** Each setting with its value and where that is from, in the order of the table. */
export function describeSettings(settings: Settings): readonly SettingDescription[] {
  return settingNames.map((name) => {
    const { variable, description } = settingsTable[name];
    return { name, value: show(name, settings[name]), from: settings.origins[name], variable, description };
  });
}

function show<Name extends SettingName>(name: Name, value: SettingValues[Name]): string | number | null {
  const rule: SettingRule<SettingValues[Name]> = settingsTable[name];
  return value === null || value === undefined ? null : (rule.show?.(value) ?? value);
}

/**
 * Writes a setting into a profile, which is made if need be; null takes it out.
 *
 * @param change.home default: the home that holds here and now
 * @throws SETTING_INVALID for an unknown name or a value that is not right, LEDGER_UNWRITABLE
 */
export function writeSetting(change: {
  readonly profile: string;
  readonly name: string;
  readonly value: string | null;
  readonly home?: string;
}): void {
  const { profile, value, home = readSettings().home } = change;
  const name = toSettingName(change.name);
  const rule: Pick<SettingRule<unknown>, "variable" | "parse" | "isEnvironmentOnly"> = settingsTable[name];
  if (rule.isEnvironmentOnly === true) throw invalid(`\`${name}\``, `a profile cannot have it: set ${rule.variable}`);
  if (value !== null) {
    try {
      rule.parse(value, home);
    } catch (error) {
      throw invalid(`\`${name}\``, (error as Error).message);
    }
  }
  writeProfileSetting({ home, profile, name, value });
}

/** The name of a setting. @throws SETTING_INVALID with the name that was probably meant */
export function toSettingName(text: string): SettingName {
  const name = settingNames.find((each) => each === text);
  if (name !== undefined) return name;
  const meant = nearest(text.replaceAll(/[-_]/g, ""), settingNames);
  throw invalid(
    `\`${text}\``,
    meant === null ? "there is no such setting" : `there is no such setting. Did you mean \`${meant}\`?`,
  );
}

function checkNames(profile: Profile, name: string): Profile {
  for (const setting of Object.keys(profile)) {
    const known = toSettingName(setting);
    if (settingsTable[known].isEnvironmentOnly === true) {
      throw invalid(`\`${known}\` (profile ${name})`, `a profile cannot have it: set ${settingsTable[known].variable}`);
    }
  }
  return profile;
}

function invalid(setting: string, reason: string): MillraceError {
  return new MillraceError("SETTING_INVALID", { setting, reason });
}

/**
 * A reader of variables for user code: the process's environment as it is now, else `.env` of the working directory as it
 * was when it was first needed.
 */
export function createEnvironmentReader(): (name: string) => string | undefined {
  const environment = createEnvironment({ own: process.env, folder: process.cwd() });
  return (name) => environment.find(name)?.value;
}

/** The environment of the processes that this one starts to execute runs: they show nothing of them by themselves. */
export function childEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, MILLRACE_LIVE: "off" };
}

/** Names the folder with the code of a run under `millrace dev`, among the variables of its deployment. */
export const codeCopyVariable = "MILLRACE_DEV_CODE";

/** Where this process takes the user's modules from; null: from where they are. */
export function codeCopyFolder(): string | null {
  const folder = process.env[codeCopyVariable];
  return folder === undefined || folder === "" ? null : folder;
}
