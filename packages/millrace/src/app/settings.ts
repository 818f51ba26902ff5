/**
 * What a person has set, and where. The only file that reads the process's environment. A setting is, first found first
 * taken: an option of the call, a variable of the environment, a variable of `.env` in the working directory, the nearest
 * `millrace.toml`, the profile, the default.
 */

import { MillraceError } from "../contract/errors.ts";
import { nearest } from "../kit/nearest.ts";
import { type TraceCarrier, toTraceCarrier } from "../kit/tracing.ts";
import { createEnvironment, type Environment, type Variables } from "./env-file.ts";
import { findProfile, type Profile, readProfiles, writeProfileSetting } from "./profiles.ts";
import { findSettingsFile, type SettingsFile, settingsFileName } from "./settings-file.ts";
import {
  type KeptSource,
  type SettingName,
  settingNames,
  type SettingRule,
  settingsTable,
  type SettingValues,
} from "./settings-table.ts";

export interface Settings extends SettingValues {
  /** The name of the profile that is used. */
  readonly profile: string;
  /** The path of the `millrace.toml` that is used; null where there is none. */
  readonly file: string | null;
  /** Where each value is from: "default", "profile <name>", "../millrace.toml", ".env", "environment MILLRACE_X" or "option". */
  readonly origins: Readonly<Record<SettingName, string>>;
  /** What else was set and does not count, since something goes before it. What is secret is masked. */
  readonly overruled: Readonly<Partial<Record<SettingName, readonly OverruledValue[]>>>;
}

/** Where settings come from; the first that has one says what it is. */
export const settingSources = ["option", "environment", ".env", settingsFileName, "profile", "default"] as const;

/** A value of a setting, for people. */
export type ShownValue = string | number | boolean | readonly string[] | null;

export interface OverruledValue {
  readonly value: ShownValue;
  readonly from: string;
}

/** A setting given here, as a text, goes before all others; an empty text takes away what else is set, where it may be absent. */
export interface SettingsOptions extends Readonly<Partial<Record<SettingName, string | undefined>>> {
  readonly profile?: string | undefined;
  /** In place of the process's environment. */
  readonly env?: Variables;
  /**
   * Whether the profile counts that `millrace.toml` chooses. False in the process of a run: the file is beside the code, and
   * the profiles are of the home of whoever runs it. Default true.
   */
  readonly heedsFileProfile?: boolean;
  /** Where `.env` is looked for, and what relative folders are relative to. Default: the working directory. */
  readonly cwd?: string;
}

/** A setting for people. */
export interface SettingDescription {
  readonly name: SettingName;
  /** Null where it is not set. What is secret is masked. */
  readonly value: ShownValue;
  readonly from: string;
  /** What was set elsewhere too; the one that would count next comes first. */
  readonly overruled: readonly OverruledValue[];
  readonly variable: string;
  readonly description: string;
}

/** The settings that hold here and now. @throws SETTING_INVALID with the setting, where it was set, and what would be right */
export function readSettings(options: SettingsOptions = {}): Settings {
  const { env = process.env, cwd = process.cwd(), heedsFileProfile = true } = options;
  const environment = createEnvironment({ own: env, folder: cwd });
  const file = findCheckedFile(cwd);
  const around = { options, environment, file, cwd };
  const home = readOne("home", { ...around, profile: null }).value;
  const profiles = readProfiles(home);
  const name =
    options.profile ??
    findSet(environment, "MILLRACE_PROFILE")?.value ??
    (heedsFileProfile ? file?.values.get(profileKey) : undefined) ??
    profiles.active;
  const profile = { name, home, values: findProfile(profiles, name) };
  checkNames(Object.keys(profile.values), { source: "profile", from: `profile ${name}` });
  const found = settingNames.map((each) => [each, readOne(each, { ...around, profile })] as const);
  const overruled = found.filter(([, one]) => one.overruled.length > 0).map(([each, one]) => [each, one.overruled]);
  return {
    ...(Object.fromEntries(found.map(([each, { value }]) => [each, value])) as unknown as SettingValues),
    profile: name,
    file: file?.path ?? null,
    origins: Object.fromEntries(found.map(([each, { from }]) => [each, from])) as Record<SettingName, string>,
    overruled: Object.fromEntries(overruled) as Settings["overruled"],
  };
}

/** Where the ledger and the profiles are, which no profile says. */
export function readHome(): string {
  const cwd = process.cwd();
  const environment = createEnvironment({ own: process.env, folder: cwd });
  return readOne("home", { options: {}, environment, file: findCheckedFile(cwd), profile: null, cwd }).value;
}

/** Chooses a profile in `millrace.toml`, beside the settings. */
const profileKey = "profile";

function findCheckedFile(cwd: string): SettingsFile | null {
  const file = findSettingsFile(cwd);
  const names = [...(file?.values.keys() ?? [])].filter((name) => name !== profileKey);
  if (file !== null) checkNames(names, { source: "file", from: file.shownPath });
  return file;
}

interface Sources {
  readonly options: SettingsOptions;
  readonly environment: Environment;
  readonly file: SettingsFile | null;
  readonly profile: { readonly name: string; readonly home: string; readonly values: Profile } | null;
  readonly cwd: string;
}

interface FoundText {
  readonly text: string;
  readonly from: string;
  /** What a relative folder is relative to. */
  readonly base: string;
}

interface FoundValue<T> {
  readonly value: T;
  readonly from: string;
  readonly overruled: readonly OverruledValue[];
}

function readOne<Name extends SettingName>(name: Name, sources: Sources): FoundValue<SettingValues[Name]> {
  const rule: SettingRule<SettingValues[Name]> = settingsTable[name];
  const [first, ...others] = findTexts(name, rule.variable, sources);
  const { text, from, base } = first ?? { text: rule.default, from: "default", base: sources.cwd };
  // Only a setting that may be absent has the default null.
  if (text === null || (text === "" && rule.default === null))
    return { value: null as SettingValues[Name], from, overruled: [] };
  try {
    return { value: rule.parse(text, base), from, overruled: others.map((each) => toOverruled(name, each)) };
  } catch (error) {
    throw invalid(`\`${name}\` (${from})`, (error as Error).message);
  }
}

/** One that is not right does no harm where it does not count. */
function toOverruled<Name extends SettingName>(name: Name, { text, base, from }: FoundText): OverruledValue {
  const rule: SettingRule<SettingValues[Name]> = settingsTable[name];
  try {
    return { value: show(name, rule.parse(text, base)), from };
  } catch {
    return { value: rule.show === undefined ? text : "********", from };
  }
}

/** What was set, and where; the first counts. */
function findTexts(name: SettingName, variable: string, sources: Sources): readonly FoundText[] {
  const { options, environment, file, profile, cwd } = sources;
  const option = options[name];
  const kept = file?.values.get(name);
  const inProfile = profile?.values[name];
  return [
    ...(option === undefined ? [] : [{ text: option, from: "option", base: cwd }]),
    ...findAllSet(environment, variable).map(({ value, from }) => ({ text: value, from, base: cwd })),
    ...findByConvention(name, environment).map(({ value, from }) => ({ text: value, from, base: cwd })),
    ...(file === null || kept === undefined ? [] : [{ text: kept, from: file.shownPath, base: file.folder }]),
    ...(profile === null || inProfile === undefined || inProfile === null
      ? []
      : [{ text: String(inProfile), from: `profile ${profile.name}`, base: profile.home }]),
  ];
}

/** A variable that is set, and not to nothing. */
function findSet(environment: Environment, variable: string): SetVariable | undefined {
  return findAllSet(environment, variable)[0];
}

interface SetVariable {
  readonly value: string;
  readonly from: string;
}

/** The process's, and behind it that of `.env`; one that the process has set to nothing hides that of the file. */
function findAllSet(environment: Environment, variable: string): readonly SetVariable[] {
  const first = environment.find(variable);
  if (first === undefined || first.value === "") return [];
  const inFile = environment.findInFile(variable) ?? "";
  return [
    ...(first.from === "environment" ? [{ value: first.value, from: `environment ${variable}` }] : []),
    ...(inFile === "" ? [] : [{ value: inFile, from: ".env" }]),
  ];
}

/** What the conventions of terminals say of a setting. */
function findByConvention(name: SettingName, environment: Environment): readonly SetVariable[] {
  if (name === "color") return findColors(environment);
  const term = name === "live" ? findSet(environment, "TERM") : undefined;
  // A terminal that cannot move its cursor.
  return term?.value === "dumb" ? [{ ...term, value: "lines" }] : [];
}

/** What https://no-color.org and https://force-color.org ask for; as in Node, the second goes before the first. */
function findColors(environment: Environment): readonly SetVariable[] {
  const force = findSet(environment, "FORCE_COLOR");
  const no = findSet(environment, "NO_COLOR");
  return [
    ...(force === undefined ? [] : [{ ...force, value: /^(0|false)$/.test(force.value) ? "never" : "always" }]),
    ...(no === undefined ? [] : [{ ...no, value: "never" }]),
  ];
}

/** Each setting with its value and where that is from, in the order of the table. */
export function describeSettings(settings: Settings): readonly SettingDescription[] {
  return settingNames.map((name) => {
    const { variable, description } = settingsTable[name];
    const overruled = settings.overruled[name] ?? [];
    return { name, value: show(name, settings[name]), from: settings.origins[name], overruled, variable, description };
  });
}

function show<Name extends SettingName>(name: Name, value: SettingValues[Name]): ShownValue {
  const rule: SettingRule<SettingValues[Name]> = settingsTable[name];
  // A value of another kind has its own `show`.
  return value === null || value === undefined ? null : (rule.show?.(value) ?? (value as ShownValue));
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
  const rule: Pick<SettingRule<unknown>, "parse"> = settingsTable[name];
  checkNames([name], { source: "profile", from: `profile ${profile}` });
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

/** @throws SETTING_INVALID for a name that there is not, or that this source cannot have */
function checkNames(
  names: readonly string[],
  { source, from }: { readonly source: KeptSource; readonly from: string },
): void {
  for (const each of names) {
    const name = toSettingName(each);
    const { notIn, variable }: Pick<SettingRule<unknown>, "notIn" | "variable"> = settingsTable[name];
    if (notIn?.includes(source) !== true) continue;
    const what = source === "file" ? "this file" : "a profile";
    throw invalid(`\`${name}\` (${from})`, `${what} cannot have it: set ${variable}`);
  }
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

/**
 * The environment of the processes that this one starts to execute runs: they show nothing of them by themselves, and say who
 * they are by the key of this one, wherever it has it from. There, in place of an argument, others do not see it. The trace that
 * this process was started in is none of its runs'.
 */
export function childEnvironment({ apiKey }: Pick<Settings, "apiKey">): NodeJS.ProcessEnv {
  const { variable } = settingsTable.apiKey;
  const known = process.env[variable] || apiKey;
  const key = known === null ? null : { [variable]: known };
  const { TRACEPARENT: _, TRACESTATE: __, ...env } = process.env;
  return { ...env, ...proxyEnvironment(), ...key, MILLRACE_LIVE: "off" };
}

/** The same without a key, for processes that are told one of their own. */
export function keylessEnvironment(): NodeJS.ProcessEnv {
  const { [settingsTable.apiKey.variable]: _, ...env } = childEnvironment({ apiKey: null });
  return env;
}

/** Whether a variable of a deployment says who its runs are. */
export function namesKey(variables: Readonly<Record<string, string>>): boolean {
  return Object.hasOwn(variables, settingsTable.apiKey.variable);
}

/** Who this process is from now on, as settings are read and for what it starts. */
export function setProgramKey(apiKey: string): void {
  process.env[settingsTable.apiKey.variable] = apiKey;
}

const proxyNames = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"];

/** A server of one's own machine is not behind a proxy. */
const neverProxied = ["localhost", "127.0.0.1", "::1", "[::1]"];

/**
 * The variables by which Node sends requests through a proxy, in its main thread and in others; null where no proxy is set,
 * and where NODE_USE_ENV_PROXY=0 says that it is not for Node.
 */
export function proxyEnvironment(env: Variables = process.env): NodeJS.ProcessEnv | null {
  const set = proxyNames.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  if (set.length === 0 || env.NODE_USE_ENV_PROXY === "0") return null;
  const given = env.no_proxy || env.NO_PROXY || "";
  const noProxy = given.trim() === "*" ? "*" : [...given.split(","), ...neverProxied].filter(Boolean).join(",");
  return { ...Object.fromEntries(set), NODE_USE_ENV_PROXY: "1", NO_PROXY: noProxy, no_proxy: noProxy };
}

/** Names the folder with the code of a run under `millrace dev`, among the variables of its deployment. */
export const codeCopyVariable = "MILLRACE_DEV_CODE";

/** Where this process takes the user's modules from; null: from where they are. */
export function codeCopyFolder(): string | null {
  const folder = process.env[codeCopyVariable];
  return folder === undefined || folder === "" ? null : folder;
}

/** What whoever has started this process says by a variable of its own; null where it does not. */
export function readOwnVariable(name: string): string | null {
  return process.env[name] ?? null;
}

/** Where in a trace whoever started this process was, as the variables TRACEPARENT and TRACESTATE say; null where they do not. */
export function readProgramTrace(): TraceCarrier | null {
  return toTraceCarrier(process.env.TRACEPARENT, process.env.TRACESTATE);
}

/** What this process starts is a part of that trace. */
export function setProgramTrace({ traceparent }: TraceCarrier): void {
  process.env.TRACEPARENT = traceparent;
  // It was of another one.
  delete process.env.TRACESTATE;
}
