import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";

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
}

/** Verb and object: "Retry failed tasks". */
export function Button({ kind = "plain", icon, whyNot = null, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      {...(whyNot === null
        ? {}
        : {
            "aria-disabled": true,
            title: whyNot,
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
  className,
  children,
  ...rest
}: ComponentProps<"button"> & { readonly label: string }) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={label}
      className={clsx(
        "inline-flex size-7 shrink-0 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-fg disabled:opacity-50",
        className,
      )}
    >
      {children}
    </button>
  );
}
