import { baseUrl } from "../../../api/api.ts";
import { Command } from "../../../ui/copy.tsx";
import { Facts } from "../../../ui/panel.tsx";

const localNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Said plainly, since nothing else here says who may do what. */
export function NoAccessControl() {
  const { hostname, origin } = new URL(baseUrl);
  const isLocal = localNames.has(hostname);
  return (
    <div className="flex max-w-[72ch] flex-col gap-4 overflow-auto p-4">
      <p className="font-medium">This server has no access control: whoever reaches it may do everything.</p>
      <p>
        It asks nobody who they are. That is why it listens on this machine alone (127.0.0.1) unless it is told
        otherwise, and answers only to names that it knows.
      </p>
      <Facts
        items={[
          ["You reach it at", origin],
          [
            "So",
            isLocal
              ? "only programs and people of this machine do."
              : "other machines may reach it too: switch access control on, or put something before it that asks who they are.",
          ],
        ]}
      />
      <div className="flex flex-col gap-1">
        <p>To have accounts with roles, API keys and an audit log, start it so:</p>
        <Command text="millrace server start --access-control" />
        <p className="text-muted">The first start makes an admin, and prints the password this once.</p>
      </div>
      <p className="text-muted">
        Secrets and the values of blocks are sealed with a key that stays with the server, and are shown to nobody. The
        webhooks of other services can be asked to sign what they send.
      </p>
    </div>
  );
}
