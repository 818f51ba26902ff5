import { isMillraceError } from "millrace/client";
import { useEffect, useRef, useState } from "react";
import { baseUrl } from "../api/api.ts";
import { hasBeenIn, signIn, useSession } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { Field, TextInput } from "../ui/field.tsx";
import { ErrorNote } from "../ui/states-of-loading.tsx";
import { describeProviderFailure, toProviderAddress } from "./sign-in-by-provider.ts";

/** Stands at whatever address somebody came to, so that they are there when they have come in. */
export function SignInPage() {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const provider = useSession()?.provider ?? null;
  const failure = describeProviderFailure(location.search, provider?.name ?? "it");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = "Sign in · Millrace";
  }, []);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await signIn({ name: name.trim(), password });
    } catch (caught) {
      setError(caught);
      setPassword("");
      setBusy(false);
      field.current?.focus();
    }
  };
  const isWrong = isMillraceError(error, "UNAUTHENTICATED");
  return (
    <main className="flex h-full flex-col items-center overflow-auto px-4 pt-[14vh] pb-8">
      <form
        className="flex w-full max-w-80 flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void submit();
        }}
      >
        <header className="flex items-center gap-2">
          <img src="./icon.svg" alt="" width="24" height="24" />
          <h1 className="text-title font-semibold">Sign in to Millrace</h1>
        </header>
        {hasBeenIn() ? <p className="text-muted">You are signed out. Sign in to go on where you were.</p> : null}
        {failure === null ? null : (
          <p role="alert" className="text-state-failed">
            {failure}
          </p>
        )}
        {provider === null ? null : (
          <>
            <a
              href={toProviderAddress(location.href, baseUrl)}
              className="inline-flex h-9 items-center justify-center rounded-control border border-[var(--control-line)] bg-raised px-2.5 font-medium hover:bg-hover"
            >
              Sign in with {provider.name}
            </a>
            <p className="text-small text-muted">Or with a password of this server:</p>
          </>
        )}
        <Field label="Name">
          {(ids) => (
            <TextInput
              {...ids}
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              // There is nothing else to do here.
              autoFocus={provider === null}
              required
              value={name}
              onChange={({ target }) => setName(target.value)}
              className="h-9"
            />
          )}
        </Field>
        <Field label="Password" error={isWrong ? "The name or the password is wrong." : null}>
          {(ids) => (
            <TextInput
              {...ids}
              ref={field}
              type="password"
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={({ target }) => setPassword(target.value)}
              className="h-9"
            />
          )}
        </Field>
        {error === null || isWrong ? null : <ErrorNote error={error} className="" />}
        <Button kind="primary" type="submit" whyNot={isBusy ? "The server is asked" : null} className="h-9">
          Sign in
        </Button>
        <p className="text-small text-muted">
          An admin of this server makes accounts, and sets another password for who has lost theirs.
        </p>
      </form>
    </main>
  );
}
