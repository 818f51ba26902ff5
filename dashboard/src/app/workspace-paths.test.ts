import { expect, test } from "vitest";
import { serverUrl, workspaceUrl } from "./workspace-paths.ts";

test("workspaces are beside each other, under whatever path the server is", () => {
  for (const server of ["http://localhost:4270/", "https://flows.example/team/", "https://flows.example/workspaces/"]) {
    expect(serverUrl(server)).toBe(server);
    expect(workspaceUrl("red", server)).toBe(`${server}workspaces/red/`);
    expect(serverUrl(`${server}workspaces/red/`)).toBe(server);
    expect(workspaceUrl("blue", `${server}workspaces/red/`)).toBe(`${server}workspaces/blue/`);
  }
});
