/** Whether a machine runs this, where nothing that is needed may be left out: CI systems set CI, most to `true` or `1`. */
export function isCi(env: NodeJS.ProcessEnv = process.env): boolean {
  return !["", "0", "false"].includes((env.CI ?? "").trim().toLowerCase());
}
