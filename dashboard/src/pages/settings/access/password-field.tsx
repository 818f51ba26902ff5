import { Field, TextInput } from "../../../ui/field.tsx";

/** As the server asks for; it holds to it in any case. */
const minLength = 12;

/** Why it cannot be a new password; null when it can. */
export function passwordFault(next: string, again: string): string | null {
  if (next.length < minLength) return `A password has at least ${minLength} characters`;
  return next === again ? null : "The two are not the same";
}

export function PasswordField(props: {
  readonly label: string;
  readonly hint?: string;
  /** One that there is already. */
  readonly isCurrent?: boolean;
  readonly isOptional?: boolean;
  readonly autoFocus?: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { label, hint, isCurrent = false, isOptional = false, autoFocus = false, value, onChange } = props;
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(ids) => (
        <TextInput
          {...ids}
          type="password"
          autoComplete={isCurrent ? "current-password" : "new-password"}
          required={!isOptional}
          autoFocus={autoFocus}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}
