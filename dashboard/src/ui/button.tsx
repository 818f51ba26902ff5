import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";
import { type Needs, useWhyNot } from "../app/may.ts";

export type ButtonKind = "primary" | "plain" | "quiet" | "danger";

const looks: Readonly<Record<ButtonKind, string>> = {
  primary: "bg-accent text-on-accent border-accent hover:opacity-90",
  plain: "bg-raised border-[var(--control-line)] hover:bg-hover",
  quiet: "border-transparent text-muted hover:bg-hover hover:text-fg",
  danger: "bg-raised border-failed text-state-failed hover:bg-failed hover:text-white",
};

export interface ButtonProps extends ComponentProps<"button"> {
  readonly kind?: ButtonKind;
  readonly icon?: ReactNode;
  /** Why it cannot be pressed now; it stays where it is, keeps the focus, and says so on hover. */
  readonly whyNot?: string | null;
  /** The call that it leads to: who may not make it is told so. */
  readonly needs?: Needs | undefined;
}

/** Verb and object: "Retry failed tasks". */
export function Button({ kind = "plain", icon, whyNot = null, needs, className, children, ...rest }: ButtonProps) {
  const reason = useWhyNot()(needs) ?? whyNot;
  return (
    <button
      type="button"
      {...rest}
      {...(reason === null
        ? {}
        : {
            "aria-disabled": true,
            title: reason,
            // Neither does it submit its form, which Enter in a field would press it for.
            onClick: (event) => event.preventDefault(),
          })}
      className={clsx(
        "inline-flex h-7 shrink-0 items-center justify-center gap-1.5 rounded-control border px-2.5 font-medium whitespace-nowrap",
        "disabled:opacity-50 aria-disabled:opacity-50",
        looks[kind],
        className,
      )}
    >
      {icon}
      {children}
    </button>
  );
}

/** With nothing but an icon: it has a name all the same. */
export function IconButton({
  label,
  needs,
  className,
  children,
  ...rest
}: ComponentProps<"button"> & { readonly label: string; readonly needs?: Needs }) {
  const reason = useWhyNot()(needs);
  return (
    <button
      type="button"
      {...rest}
      {...(reason === null ? {} : { disabled: true })}
      aria-label={label}
      title={reason ?? label}
      className={clsx(
        "inline-flex size-7 shrink-0 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-fg disabled:opacity-50",
        className,
      )}
    >
      {children}
    </button>
  );
}
