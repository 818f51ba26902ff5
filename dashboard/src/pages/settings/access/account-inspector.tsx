import { Link } from "@tanstack/react-router";
import type { Account } from "millrace/client";
import { useState } from "react";
import { api } from "../../../api/api.ts";
import { Button } from "../../../ui/button.tsx";
import { ShortId } from "../../../ui/copy.tsx";
import { Inspector } from "../../../ui/inspector.tsx";
import { Facts } from "../../../ui/panel.tsx";
import { DateTime } from "../../../ui/when.tsx";
import { type AccountAction, AccountDialog } from "./account-dialogs.tsx";
import { roleWords } from "./account-words.ts";
import { ApiKeys } from "./api-keys.tsx";

export function AccountInspector({ account, onClose }: { readonly account: Account; readonly onClose: () => void }) {
  const [open, setOpen] = useState<AccountAction | null>(null);
  const { id, name, kind, role, isDisabled, hasPassword, createdAt, updatedAt } = account;
  return (
    <Inspector title={name} onClose={onClose}>
      <div className="flex flex-wrap gap-2">
        <Button needs="updateAccount" onClick={() => setOpen("role")}>
          Change the role
        </Button>
        {kind === "person" ? (
          <Button needs="updateAccount" onClick={() => setOpen("password")}>
            {hasPassword ? "Set another password" : "Set a password"}
          </Button>
        ) : null}
        <Button needs="updateAccount" onClick={() => setOpen(isDisabled ? "enable" : "disable")}>
          {isDisabled ? "Let it in again" : "Disable"}
        </Button>
        <Button kind="danger" needs="deleteAccount" onClick={() => setOpen("delete")}>
          Delete
        </Button>
      </div>
      <Facts
        items={[
          ["Kind", kind],
          [
            "Role",
            <span key="role">
              <span className="font-medium">{role}</span>
              <span className="text-muted">: {roleWords[role]}</span>
            </span>,
          ],
          [
            "May come in",
            isDisabled ? "no: it is disabled, with its keys" : hasPassword ? "by password or key" : "by key",
          ],
          ["Created", <DateTime key="created" at={createdAt} />],
          ["Changed", <DateTime key="updated" at={updatedAt} />],
          ["Id", <ShortId key="id" id={id} />],
        ]}
      />
      <ApiKeys
        title="API keys"
        accountName={name}
        queryKey={["api-keys", id]}
        needs="createApiKey"
        list={async () => (await api.listApiKeys({ accountId: id }, { limit: 1000 })).items}
        create={(key) => api.createApiKey({ ...key, accountId: id })}
        revoke={(keyId) => api.deleteApiKey(keyId)}
      />
      <Link to="/settings" search={{ tab: "audit", account: id }} className="link">
        What it did
      </Link>
      {open === null ? null : (
        <AccountDialog action={open} account={account} onDeleted={onClose} onClose={() => setOpen(null)} />
      )}
    </Inspector>
  );
}
