import type { Account } from "millrace/client";
import { useState } from "react";
import { api } from "../../../api/api.ts";
import { useSession } from "../../../api/session.ts";
import { Button } from "../../../ui/button.tsx";
import { Facts, Panel } from "../../../ui/panel.tsx";
import { DateTime } from "../../../ui/when.tsx";
import { meansWords, roleWords } from "./account-words.ts";
import { ApiKeys } from "./api-keys.tsx";
import { ChangePassword } from "./change-password.tsx";

/** What everybody may do with an account of their own. */
export function OwnAccount({ account }: { readonly account: Account }) {
  const means = useSession()?.means ?? null;
  const [isChanging, setChanging] = useState(false);
  const { id, name, role, hasPassword, createdAt } = account;
  return (
    <div className="flex flex-col gap-4 overflow-auto p-4">
      <Panel
        title="You"
        aside={hasPassword ? <Button onClick={() => setChanging(true)}>Change your password</Button> : null}
      >
        <div className="p-3">
          <Facts
            items={[
              ["Name", name],
              [
                "Role",
                <span key="role">
                  <span className="font-medium">{role}</span>
                  <span className="text-muted">: {roleWords[role]}</span>
                </span>,
              ],
              ["You are in by", means === null ? "–" : meansWords[means]],
              ["Account since", <DateTime key="since" at={createdAt} />],
            ]}
          />
        </div>
      </Panel>
      <ApiKeys
        title="Your API keys"
        accountName={name}
        queryKey={["own-api-keys", id]}
        needs="changeOwn"
        list={() => api.listOwnApiKeys()}
        create={(key) => api.createOwnApiKey(key)}
        revoke={(keyId) => api.deleteOwnApiKey(keyId)}
      />
      {isChanging ? <ChangePassword name={name} onClose={() => setChanging(false)} /> : null}
    </div>
  );
}
