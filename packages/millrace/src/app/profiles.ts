/** Named sets of settings, in `profiles.json` of the home folder. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MillraceError } from "../contract/errors.ts";
import { nearest } from "../kit/nearest.ts";
import { isNodeError, replacePrivateFile } from "./home-folder.ts";

/** Settings by name, as they were written; settings.ts knows which there are and reads their values. */
export type Profile = Readonly<Record<string, string | number | boolean | null>>;

export interface Profiles {
  /** The profile that is used where nothing names another. */
  readonly active: string;
  readonly profiles: Readonly<Record<string, Profile>>;
}

/** Always there, if only empty. */
export const defaultProfile = "default";

const form = 'it must be { "active": name, "profiles": { name: { setting: value } } }';

const nameForm = /^[a-z0-9][a-z0-9_-]{0,63}$/i;

/** The profiles of a home; only an empty `default` where it has no file. @throws SETTING_INVALID for a damaged file */
export function readProfiles(home: string): Profiles {
  const path = profilesPath(home);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isNodeError(error, "ENOENT") || isNodeError(error, "ENOTDIR")) {
      return { active: defaultProfile, profiles: { [defaultProfile]: {} } };
    }
    throw invalid(path, error instanceof Error ? error.message : String(error), error);
  }
  const { active, profiles } = parse(path, text);
  return { active, profiles: { [defaultProfile]: {}, ...profiles } };
}

function parse(path: string, text: string): Profiles {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw invalid(path, `it is no JSON (${error instanceof Error ? error.message : String(error)})`, error);
  }
  const { active = defaultProfile, profiles = {} } = isRecord(content) ? content : {};
  if (!isRecord(content) || typeof active !== "string" || !isRecord(profiles)) throw invalid(path, form);
  const checked: Record<string, Profile> = {};
  for (const [name, profile] of Object.entries(profiles)) {
    if (!isProfile(profile)) throw invalid(path, form);
    checked[name] = profile;
  }
  return { active, profiles: checked };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isProfile(value: unknown): value is Profile {
  return isRecord(value) && Object.values(value).every((each) => each === null || typeof each !== "object");
}

/** The profile of this name. @throws SETTING_INVALID with the names that there are */
export function findProfile({ active, profiles }: Profiles, name: string = active): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile !== undefined) return profile;
  const meant = nearest(name, Object.keys(profiles));
  const advice = meant === null ? `There are: ${Object.keys(profiles).join(", ")}` : `Did you mean \`${meant}\`?`;
  throw invalid("profile", `there is no profile \`${name}\`. ${advice}`);
}

/**
 * Writes one setting of a profile, which is made if need be; null takes the setting out. Of two writers at once the later
 * one wins.
 *
 * @throws SETTING_INVALID for a name that a profile cannot have, LEDGER_UNWRITABLE
 */
export function writeProfileSetting(change: {
  readonly home: string;
  readonly profile: string;
  readonly name: string;
  readonly value: string | null;
}): void {
  const { home, profile, name, value } = change;
  checkName(profile);
  const { active, profiles } = readProfiles(home);
  const kept = Object.entries(Object.hasOwn(profiles, profile) ? (profiles[profile] ?? {}) : {}).filter(
    ([key]) => key !== name,
  );
  const changed = Object.fromEntries(value === null ? kept : [...kept, [name, value]]);
  writeProfiles(home, { active, profiles: { ...profiles, [profile]: changed } });
}

/**
 * Makes a profile, with the settings of another where one is named.
 *
 * @throws SETTING_INVALID for a name that it cannot have or that another has, and when there is none to copy
 */
export function createProfile(options: {
  readonly home: string;
  readonly name: string;
  readonly from?: string | undefined;
}): void {
  const { home, name, from } = options;
  const { active, profiles } = readProfiles(home);
  checkNewName(profiles, name);
  const values = from === undefined ? {} : findProfile({ active, profiles }, from);
  writeProfiles(home, { active, profiles: { ...profiles, [name]: values } });
}

/**
 * Gives a profile another name; the active one stays active. `default` is there again, without settings.
 *
 * @throws SETTING_INVALID when there is none of this name, for a name that it cannot have or that another has
 */
export function renameProfile(options: { readonly home: string; readonly name: string; readonly to: string }): void {
  const { home, name, to } = options;
  const { active, profiles } = readProfiles(home);
  findProfile({ active, profiles }, name);
  checkNewName(profiles, to);
  const renamed = Object.entries(profiles).map(([key, values]) => [key === name ? to : key, values] as const);
  writeProfiles(home, { active: active === name ? to : active, profiles: Object.fromEntries(renamed) });
}

/** Makes a profile the one that is used where nothing names another. @throws SETTING_INVALID when there is none of this name */
export function activateProfile({ home, name }: { readonly home: string; readonly name: string }): void {
  const { active, profiles } = readProfiles(home);
  findProfile({ active, profiles }, name);
  writeProfiles(home, { active: name, profiles });
}

/**
 * Takes a profile out. After the active one, `default` is used.
 *
 * @throws SETTING_INVALID for `default`, and when there is none of this name
 */
export function deleteProfile({ home, name }: { readonly home: string; readonly name: string }): void {
  if (name === defaultProfile) {
    throw invalid("profile", `\`${name}\` is always there; \`millrace config unset\` takes its settings out`);
  }
  const { active, profiles } = readProfiles(home);
  findProfile({ active, profiles }, name);
  const left = Object.fromEntries(Object.entries(profiles).filter(([key]) => key !== name));
  writeProfiles(home, { active: active === name ? defaultProfile : active, profiles: left });
}

function writeProfiles(home: string, profiles: Profiles): void {
  replacePrivateFile(profilesPath(home), `${JSON.stringify(profiles, null, 2)}\n`);
}

function profilesPath(home: string): string {
  return join(home, "profiles.json");
}

function checkNewName(profiles: Profiles["profiles"], name: string): void {
  checkName(name);
  if (Object.hasOwn(profiles, name)) throw invalid("profile", `there is a profile \`${name}\` already`);
}

function checkName(name: string): void {
  if (nameForm.test(name)) return;
  throw invalid("profile", `\`${name}\` is no name for a profile: use letters, digits, \`-\` and \`_\`, at most 64`);
}

function invalid(setting: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError("SETTING_INVALID", { setting, reason }, cause === undefined ? {} : { cause });
}
