import Parts, { type Components } from "react-markdown";
import gfm from "remark-gfm";
import { SafeImage, SafeLink } from "./safe-link.tsx";

// Whatever order their levels are in, all headings are a level below those of the page.
const components: Components = {
  h1: ({ children }) => <h3 className="mt-3 mb-1 text-section font-semibold">{children}</h3>,
  h2: ({ children }) => <h3 className="mt-3 mb-1 font-semibold">{children}</h3>,
  h3: ({ children }) => <h3 className="mt-2 mb-1 font-medium">{children}</h3>,
  h4: ({ children }) => <h3 className="mt-2 mb-1 font-medium text-muted">{children}</h3>,
  h5: ({ children }) => <h3 className="mt-2 mb-1 font-medium text-muted">{children}</h3>,
  h6: ({ children }) => <h3 className="mt-2 mb-1 font-medium text-muted">{children}</h3>,
  p: ({ children }) => <p className="my-1.5 max-w-[72ch]">{children}</p>,
  ul: ({ children }) => <ul className="my-1.5 list-disc pl-5">{children}</ul>,
  ol: ({ children, start }) => (
    <ol start={start} className="my-1.5 list-decimal pl-5">
      {children}
    </ol>
  ),
  blockquote: ({ children }) => (
    <blockquote className="my-2 border-l-2 border-line pl-3 text-muted">{children}</blockquote>
  ),
  hr: () => <hr className="my-3 border-line" />,
  a: ({ href, children }) => <SafeLink address={href ?? ""}>{children}</SafeLink>,
  img: ({ src, alt }) => <SafeImage address={typeof src === "string" ? src : ""} description={alt ?? ""} />,
  pre: ({ children }) => (
    <pre
      tabIndex={0}
      role="region"
      aria-label="Code"
      className="my-2 max-h-96 overflow-auto rounded-control bg-panel p-2 font-mono text-small"
    >
      {children}
    </pre>
  ),
  code: ({ children }) => <code className="rounded-control bg-panel px-0.5 font-mono text-small">{children}</code>,
  table: ({ children }) => (
    <div tabIndex={0} role="region" aria-label="Table" className="my-2 overflow-x-auto">
      <table className="border-collapse">{children}</table>
    </div>
  ),
  th: ({ children, style }) => (
    <th
      scope="col"
      style={{ textAlign: style?.textAlign ?? "left" }}
      className="border-b border-line px-2 py-1 text-small font-medium text-muted"
    >
      {children}
    </th>
  ),
  td: ({ children, style }) => (
    <td style={style} className="border-b border-line px-2 py-1">
      {children}
    </td>
  ),
  input: ({ checked }) => (
    <input type="checkbox" checked={checked === true} disabled aria-label={checked === true ? "Done" : "To do"} />
  ),
};

const plugins = [gfm];

export function MarkdownBody({ text }: { readonly text: string }) {
  return (
    <div className="min-w-0 break-words">
      {/* Addresses are judged where they are shown. */}
      <Parts skipHtml remarkPlugins={plugins} components={components} urlTransform={(address) => address}>
        {text}
      </Parts>
    </div>
  );
}
