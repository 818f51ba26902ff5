import { useState } from "react";
import { Diff } from "../ui/diff.tsx";
import { Markdown } from "../ui/markdown.tsx";
import { PageHead, Tabs } from "../ui/page.tsx";
import { Code, Facts, Panel } from "../ui/panel.tsx";
import { SafeImage, SafeLink } from "../ui/safe-link.tsx";
import { Ago, DateTime, Took } from "../ui/when.tsx";
import { Button } from "../ui/button.tsx";
import { Case, Cases, Framed, Section } from "./case.tsx";

const nowhere = { to: "/" } as const;
const long =
  "a-name-that-is-as-long-as-anybody-may-make-one-and-then-a-little-longer-than-there-is-room-for-in-any-head";

const markdown = `### A report

Of **west**, with \`code\` and [a link](https://shop.example).

| region | rows |
| --- | ---: |
| west | 2,310 |

- one
- two
`;

export function Texts() {
  const [at] = useState(() => Date.now() - 150_000);
  return (
    <Section title="Texts">
      <Framed>
        <PageHead title={long} facts={<span>12 of 40</span>} actions={<Button kind="primary">Create a thing</Button>} />
        <Tabs
          label="Views"
          selected="one"
          items={[
            { id: "one", label: "Timeline", count: "1,204", link: nowhere },
            { id: "two", label: "Graph", link: nowhere },
            { id: "three", label: "Logs", link: nowhere },
          ]}
        />
        <div className="grid grid-cols-1 gap-4 p-4 sm:grid-cols-2">
          <Panel title="Facts" aside={<span className="text-muted">aside</span>}>
            <div className="p-3">
              <Facts
                items={[
                  ["Created", <DateTime key="at" at={at} />],
                  ["Ago", <Ago key="ago" at={at} />],
                  ["Not yet", <Ago key="none" at={null} />],
                  ["Took", <Took key="took" from={at} to={at + 94_000} />],
                  ["So far", <Took key="so" from={at} to={null} />],
                  ["A long one", long],
                ]}
              />
            </div>
          </Panel>
          <Panel title="Code">
            <div className="p-3">
              <Code label="A result as JSON" text={'{\n  "rows": 4812,\n  "total": 98231.4\n}'} />
            </div>
          </Panel>
        </div>
      </Framed>
      <Cases>
        <Case title="Markdown">
          <Markdown text={markdown} label="A report" />
        </Case>
        <Case title="Links of others">
          <SafeLink address="https://shop.example">leads elsewhere</SafeLink>
          <SafeLink address="javascript:alert(1)">leads nowhere</SafeLink>
          <SafeImage address="https://shop.example/logo.png" description="A logo" />
        </Case>
      </Cases>
      <Framed>
        <Diff
          label="What has changed"
          before={"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten"}
          after={"one\ntwo\nthree\nfour\nfive\nsix\nseven\n8\nnine\nten"}
        />
      </Framed>
      <Framed>
        <Diff label="The same" before="one" after="one" />
      </Framed>
    </Section>
  );
}
