import { MillraceError } from "millrace/client";
import { Allowed } from "../ui/allowed.tsx";
import { Command } from "../ui/copy.tsx";
import { late } from "../ui/late.tsx";
import { Empty, ErrorNote, Sketch, Waiting } from "../ui/states-of-loading.tsx";
import { Case, Framed, Section } from "./case.tsx";

/** Its code never comes. */
const Awaited = late<object>(() => new Promise(() => undefined), <Sketch rows={3} />);

export function Loading() {
  return (
    <Section title="Before there is anything, and when there is none">
      <div className="grid max-w-[880px] grid-cols-1 gap-4 sm:grid-cols-2">
        <Case title="A sketch">
          <Framed>
            <Sketch rows={3} />
          </Framed>
        </Case>
        <Case title="Code that is still being loaded">
          <Framed>
            <Awaited />
          </Framed>
        </Case>
        <Case title="The server is away">
          <Framed>
            <Waiting reason={new Error("The server does not answer.")} rows={2} />
          </Framed>
        </Case>
        <Case title="An error of the catalogue">
          <ErrorNote error={new MillraceError("RUN_NOT_FOUND", { id: "2524b87f" })} onRetry={() => undefined} />
        </Case>
        <Case title="Any other">
          <ErrorNote error={new Error("Something else went wrong")} />
        </Case>
        <Case title="Nothing yet">
          <Framed>
            <Empty title="No runs yet">
              <p className="mb-2">This page waits: the first run is here as soon as it begins.</p>
              <Command text="npx millrace run flows/hello.ts" />
            </Empty>
          </Framed>
        </Case>
        <Case title="Allowed to who may see it">
          <Framed>
            <Allowed needs="listAccounts">
              <p className="p-3">Without access control everybody may.</p>
            </Allowed>
          </Framed>
        </Case>
      </div>
    </Section>
  );
}
