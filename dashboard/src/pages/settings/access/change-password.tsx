import { isMillraceError } from "millrace/client";
import { useState } from "react";
import { api } from "../../../api/api.ts";
import { FormDialog } from "../../../ui/form-dialog.tsx";
import { say } from "../../../ui/toast.ts";
import { PasswordField, passwordFault } from "./password-field.tsx";

/** One's own: who does not know the one before may not. */
export function ChangePassword({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  return (
    <FormDialog
      title="Change your password"
      description="It ends your sessions in all other browsers. Your API keys stay."
      verb="Change the password"
      whyNot={current === "" ? "Your password until now is missing" : passwordFault(next, again)}
      onClose={onClose}
      onSubmit={async () => {
        try {
          await api.changePassword({ current, next });
        } catch (error) {
          if (isMillraceError(error, "UNAUTHENTICATED")) throw new Error("That is not your password until now.");
          throw error;
        }
        say("Your password is changed");
      }}
    >
      {/* For what keeps passwords: whose it is. */}
      <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
      <PasswordField label="Your password until now" isCurrent autoFocus value={current} onChange={setCurrent} />
      <PasswordField label="New password" hint="At least 12 characters" value={next} onChange={setNext} />
      <PasswordField label="New password again" value={again} onChange={setAgain} />
    </FormDialog>
  );
}
