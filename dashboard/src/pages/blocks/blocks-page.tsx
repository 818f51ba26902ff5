import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import type { BlockDocument, BlockType, Condition } from "millrace/client";
import { useMemo, useState } from "react";
import { api } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { withoutEmpty } from "../../app/search-words.ts";
import { toCount } from "../../format/number.ts";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/copy.tsx";
import { Select } from "../../ui/field.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";
import type { Column } from "../../ui/table.tsx";
import { Ago } from "../../ui/when.tsx";
import { BlockLogo } from "./block-logo.tsx";
import { listBlockTypes } from "./block-types.ts";
import { CreateBlock } from "./create-block.tsx";

const pageSize = 100;

export function BlocksPage() {
  const { q, type } = useSearch({ from: "/blocks" });
  const navigate = useNavigate({ from: "/blocks" });
  const [isCreating, setCreating] = useState(false);
  const types = useQuery({ queryKey: ["block-types"], queryFn: listBlockTypes });
  const where: Condition = {
    all: [
      { field: "anonymous", in: [false] },
      ...(q === undefined ? [] : [{ field: "name", contains: q }]),
      ...(type === undefined ? [] : [{ related: "block-type", where: { field: "slug", in: [type] } } as const]),
    ],
  };
  const count = useLive({
    key: ["blocks", "count", q, type],
    read: () => api.count("block-document", where),
    concerns: ofKind("block-document"),
  });
  const list = useLivePages({
    key: ["blocks", "list", q, type],
    read: (cursor) =>
      api.listObjects(
        "block-document",
        { where, sort: { field: "name", direction: "asc" } },
        { limit: pageSize, cursor },
      ),
    concerns: ofKind("block-document"),
  });
  const columns = useMemo(() => columnsOf(types.data ?? []), [types.data]);
  const set = (change: { readonly q?: string; readonly type?: string }): void => {
    void navigate({ search: (before) => withoutEmpty({ ...before, ...change }), replace: true });
  };
  return (
    <>
      <PageHead
        title="Blocks"
        facts={count.data === undefined ? null : <span>{toCount(count.data)}</span>}
        actions={
          <Button
            kind="primary"
            icon={<Plus size={14} />}
            needs="createBlock"
            whyNot={types.data?.length === 0 ? "There is no type of blocks yet" : null}
            onClick={() => setCreating(true)}
          >
            Create a block
          </Button>
        }
      />
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-2" role="search">
        <FilterInput isMain label="Name of the block" value={q} onChange={(text) => set({ q: text })} />
        <Select
          aria-label="Type of the block"
          value={type ?? ""}
          onChange={({ target }) => set({ type: target.value })}
          options={[["", "All types"], ...(types.data ?? []).map(({ slug, name }) => [slug, name] as const)]}
          className="max-w-60"
        />
      </div>
      <LiveTable
        list={list}
        empty={<NoBlocks isFiltered={q !== undefined || type !== undefined} />}
        label="Blocks"
        columns={columns}
        keyOf={({ id }) => id}
        {...(count.data === undefined ? {} : { total: count.data })}
        onOpen={({ id }) => void navigate({ to: "/blocks/block/$id", params: { id } })}
      />
      {isCreating ? (
        <CreateBlock
          types={types.data ?? []}
          chosen={type ?? null}
          onClose={() => setCreating(false)}
          onCreated={(id) => void navigate({ to: "/blocks/block/$id", params: { id } })}
        />
      ) : null}
    </>
  );
}

function NoBlocks({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No block matches">
        <Link to="/blocks" search={{}} className="link">
          Show all blocks
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title="No blocks yet">
      <p className="mb-2">
        Whom to notify, credentials, a secret: values that flows and automations use by name. Types come with the first
        block of the command line, or from Prefect&apos;s client.
      </p>
      <div className="flex flex-col gap-1 text-left">
        <Command text="millrace block type ls" />
        <Command text="millrace block create slack-webhook team" />
      </div>
    </Empty>
  );
}

function columnsOf(types: readonly BlockType[]): readonly Column<BlockDocument>[] {
  const byId = new Map(types.map((each) => [each.id, each]));
  const nameOf = ({ blockTypeId }: BlockDocument): string => byId.get(blockTypeId)?.name ?? "–";
  return [
    {
      id: "name",
      title: "Block",
      width: "minmax(140px, 2fr)",
      cell: (block) => (
        <span className="flex min-w-0 items-center gap-2">
          <BlockLogo name={nameOf(block)} />
          <Link
            to="/blocks/block/$id"
            params={{ id: block.id }}
            className="truncate font-medium hover:underline"
            title={block.name}
          >
            {block.name}
          </Link>
        </span>
      ),
    },
    {
      id: "type",
      title: "Type",
      width: "minmax(110px, 1fr)",
      cell: (block) => (
        <span className="truncate text-muted" title={byId.get(block.blockTypeId)?.description ?? nameOf(block)}>
          {nameOf(block)}
        </span>
      ),
    },
    {
      id: "updated",
      title: "Changed",
      width: "84px",
      cell: ({ updatedAt }) => <Ago at={updatedAt} className="text-muted" />,
    },
    {
      id: "created",
      title: "Created",
      width: "84px",
      isExtra: true,
      cell: ({ createdAt }) => <Ago at={createdAt} className="text-muted" />,
    },
  ];
}
