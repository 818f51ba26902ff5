import { useNavigate } from "@tanstack/react-router";
import { CircleUser, LogOut, UserCog } from "lucide-react";
import { signOut, useSession } from "../api/session.ts";
import { IconButton } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";
import { sayError } from "../ui/toast.ts";

/** Who is in. Not there where the server asks nobody. */
export function AccountMenu() {
  const navigate = useNavigate();
  const account = useSession()?.account ?? null;
  if (account === null) return null;
  const { name, role } = account;
  return (
    <Menu
      trigger={
        <IconButton label={`Account: ${name}, ${role}`}>
          <CircleUser size={16} />
        </IconButton>
      }
      head={
        <>
          <span className="block max-w-60 truncate font-medium" title={name}>
            {name}
          </span>
          <span className="block text-small text-muted">{role}</span>
        </>
      }
      items={[
        "line",
        {
          label: "Your account",
          icon: <UserCog size={14} />,
          onSelect: () => void navigate({ to: "/settings", search: { tab: "account" } }),
        },
        { label: "Sign out", icon: <LogOut size={14} />, onSelect: () => void signOut().catch(sayError) },
      ]}
    />
  );
}
