import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  activateProfile,
  createProfile,
  deleteProfile,
  findProfile,
  readProfiles,
  renameProfile,
  writeProfileSetting,
} from "./profiles.ts";

const newHome = (): string => mkdtempSync(join(tmpdir(), "millrace-profiles-"));

const settingInvalid = (message: string): unknown =>
  expect.objectContaining({ code: "SETTING_INVALID", message: expect.stringContaining(message) as string });

describe("profiles", () => {
  test("are an empty default where there is no file", () => {
    expect(readProfiles(newHome())).toEqual({ active: "default", profiles: { default: {} } });
    expect(readProfiles(join(newHome(), "absent"))).toEqual({ active: "default", profiles: { default: {} } });
  });

  test("are made by the first setting, and lose a setting that is null", () => {
    const home = newHome();
    writeProfileSetting({ home, profile: "cloud", name: "live", value: "lines" });
    writeProfileSetting({ home, profile: "cloud", name: "graceMs", value: "5s" });
    writeProfileSetting({ home, profile: "cloud", name: "live", value: null });
    writeProfileSetting({ home, profile: "default", name: "live", value: null });
    expect(readProfiles(home)).toEqual({ active: "default", profiles: { default: {}, cloud: { graceMs: "5s" } } });
  });

  test.skipIf(process.platform === "win32")("are kept in a file of their owner", () => {
    const home = newHome();
    writeProfileSetting({ home, profile: "default", name: "live", value: "off" });
    const path = join(home, "profiles.json");
    expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      active: "default",
      profiles: { default: { live: "off" } },
    });
  });

  test("are chosen and deleted by name", () => {
    const home = newHome();
    writeProfileSetting({ home, profile: "cloud", name: "live", value: "lines" });
    activateProfile({ home, name: "cloud" });
    expect(readProfiles(home).active).toBe("cloud");
    deleteProfile({ home, name: "cloud" });
    expect(readProfiles(home)).toEqual({ active: "default", profiles: { default: {} } });
  });

  test("are made empty or as another is, and renamed with what they have", () => {
    const home = newHome();
    createProfile({ home, name: "cloud" });
    writeProfileSetting({ home, profile: "cloud", name: "live", value: "lines" });
    createProfile({ home, name: "copy", from: "cloud" });
    activateProfile({ home, name: "copy" });
    renameProfile({ home, name: "copy", to: "work" });
    expect(readProfiles(home)).toEqual({
      active: "work",
      profiles: { default: {}, cloud: { live: "lines" }, work: { live: "lines" } },
    });
    const invalid = settingInvalid;
    expect(() => createProfile({ home, name: "work" })).toThrow(invalid("there is a profile `work` already"));
    expect(() => createProfile({ home, name: "new", from: "wrok" })).toThrow(invalid("Did you mean `work`?"));
    expect(() => renameProfile({ home, name: "work", to: "cloud" })).toThrow(invalid("a profile `cloud` already"));
    expect(() => renameProfile({ home, name: "work", to: "a b" })).toThrow(invalid("is no name for a profile"));
    expect(() => deleteProfile({ home, name: "default" })).toThrow(invalid("is always there"));
  });

  test("that are not there are named, with the one that was meant", () => {
    const home = newHome();
    writeProfileSetting({ home, profile: "cloud", name: "live", value: "lines" });
    expect(() => activateProfile({ home, name: "clod" })).toThrow(settingInvalid("Did you mean `cloud`?"));
    expect(() => deleteProfile({ home, name: "elsewhere" })).toThrow(settingInvalid("There are: default, cloud"));
    expect(() => findProfile(readProfiles(home), "toString")).toThrow(settingInvalid("no profile `toString`"));
    expect(() => writeProfileSetting({ home, profile: "../x", name: "live", value: "off" })).toThrow(
      settingInvalid("is no name for a profile"),
    );
  });

  test.each([
    ["{", "it is no JSON"],
    ["[]", "it must be {"],
    ['{"active": 1}', "it must be {"],
    ['{"profiles": {"a": {"live": {}}}}', "it must be {"],
  ])("of a damaged file (%s) are an error that names it", (content, reason) => {
    const home = newHome();
    writeFileSync(join(home, "profiles.json"), content);
    expect(() => readProfiles(home)).toThrow(settingInvalid(`${join(home, "profiles.json")} is not valid: ${reason}`));
  });
});
