import type { ApiKey, MadeApiKey, OwnKeyToMake } from "millrace/client";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useLive } from "../../../api/queries.ts";
import type { Needs } from "../../../app/may.ts";
import { useNow } from "../../../format/now.ts";
import { toCommand } from "../../../format/shell.ts";
import { Button, IconButton } from "../../../ui/button.tsx";
import { FormDialog } from "../../../ui/form-dialog.tsx";
import { Panel } from "../../../ui/panel.tsx";
import { Loaded } from "../../../ui/states-of-loading.tsx";
import { Ago } from "../../../ui/when.tsx";
import { CreateKey, ShowKey } from "./create-key.tsx";

/** The last use of a key changes without an event, in ms. */
const everyMs = 10_000;

type Opened =
  | { readonly does: "create" }
  | { readonly does: "show"; readonly made: MadeApiKey }
  | { readonly does: "revoke"; readonly key: ApiKey };

export interface ApiKeysProps {
  readonly title: string;
  /** Whose they are. */
  readonly accountName: string;
  readonly queryKey: readonly string[];
  /** To create and to revoke one. */
  readonly needs: Needs;
  readonly list: () => Promise<readonly ApiKey[]>;
  readonly create: (key: OwnKeyToMake) => Promise<MadeApiKey>;
  readonly revoke: (id: string) => Promise<unknown>;
}

/** The keys of an account. What a key is, is told when it is made, this once. */
export function ApiKeys({ title, accountName, queryKey, needs, list, create, revoke }: ApiKeysProps) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const query = useLive({ key: queryKey, read: list, everyMs });
  const close = (): void => setOpened(null);
  return (
    <Panel
      title={title}
      aside={
        <Button needs={needs} icon={<Plus size={14} />} onClick={() => setOpened({ does: "create" })}>
          Create a key
        </Button>
      }
    >
      <Loaded query={query} rows={3}>
        {(keys) =>
          keys.length === 0 ? (
            <p className="p-3 text-muted">None yet. Programs and the command line come in by a key.</p>
          ) : (
            <KeyTable label={title} keys={keys} needs={needs} onRevoke={(key) => setOpened({ does: "revoke", key })} />
          )
        }
      </Loaded>
      {opened?.does === "create" ? (
        <CreateKey
          accountName={accountName}
          create={create}
          onMade={(made) => setOpened({ does: "show", made })}
          onClose={close}
        />
      ) : null}
      {opened?.does === "show" ? <ShowKey made={opened.made} onClose={close} /> : null}
      {opened?.does === "revoke" ? (
        <FormDialog
          title="Revoke the key?"
          description={`Whoever comes with the key ${opened.key.start} for ${opened.key.name} is let in no more, within 5 s. It cannot be brought back.`}
          verb="Revoke the key"
          isDangerous
          command={toCommand("api-key", "delete", opened.key.start.slice(-6))}
          onClose={close}
          onSubmit={() => revoke(opened.key.id)}
        />
      ) : null}
    </Panel>
  );
}

function KeyTable(props: {
  readonly label: string;
  readonly keys: readonly ApiKey[];
  readonly needs: Needs;
  readonly onRevoke: (key: ApiKey) => void;
}) {
  const { label, keys, needs, onRevoke } = props;
  return (
    // Scrolls, so the keyboard must reach it.
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={`Table: ${label}`}>
      <table className="w-full">
        <thead>
          <tr className="border-b border-line text-left text-small text-muted">
            {["For", "Used", "Expires"].map((head) => (
              <th key={head} className="px-3 py-1 font-medium">
                {head}
              </th>
            ))}
            <th className="py-1 pr-2">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id} className="h-11 border-b border-line last:border-0">
              <td className="max-w-60 px-3 py-1">
                <span className="block truncate font-medium" title={key.name}>
                  {key.name}
                </span>
                <span className="block text-small whitespace-nowrap text-muted">
                  <span className="font-mono">{key.start}</span>, made <Ago at={key.createdAt} />
                </span>
              </td>
              <td className="px-3 whitespace-nowrap">
                {key.usedAt === null ? <span className="text-muted">never</span> : <Ago at={key.usedAt} />}
              </td>
              <td className="px-3 whitespace-nowrap">
                <Expiry at={key.expiresAt} />
              </td>
              <td className="pr-2 text-right">
                <IconButton label={`Revoke the key ${key.name}`} needs={needs} onClick={() => onRevoke(key)}>
                  <Trash2 size={14} />
                </IconButton>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Expiry({ at }: { readonly at: number | null }) {
  const now = useNow();
  if (at === null) return <span className="text-muted">never</span>;
  if (at > now) return <Ago at={at} />;
  return (
    <span className="font-medium text-state-attention">
      expired <Ago at={at} />
    </span>
  );
}
