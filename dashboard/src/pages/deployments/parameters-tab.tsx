import type { Deployment, JsonObject } from "millrace/client";
import { toOrderedJson } from "../../format/line-diff.ts";
import { Code, Panel } from "../../ui/panel.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";

interface ParameterRow {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** As JSON; null where it has none. */
  readonly given: string | null;
  readonly byDefault: string | null;
  readonly description: string;
}

/** What its runs get, and what they may be given. */
export function ParametersTab({ deployment }: { readonly deployment: Deployment }) {
  const { parameters = {}, parameterSchema = null, enforcesSchema = true } = deployment;
  const rows = toRows(parameterSchema ?? {}, parameters);
  return (
    <div className="flex min-h-0 grow flex-col gap-4 overflow-auto p-4">
      {rows.length === 0 ? (
        <Empty title="It has no parameters">Its flow takes none, or does not say which.</Empty>
      ) : (
        <div
          className="overflow-x-auto rounded-panel border border-line"
          tabIndex={0}
          role="region"
          aria-label="Parameters"
        >
          <table className="w-full text-left">
            <thead className="border-b border-line text-small text-muted">
              <tr>
                {["Parameter", "Type", "Value of the deployment", "Default", "Description"].map((title) => (
                  <th key={title} scope="col" className="px-3 py-1.5 font-medium">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ name, type, isRequired, given, byDefault, description }) => (
                <tr key={name} className="border-b border-line align-top last:border-0">
                  <th scope="row" className="max-w-60 px-3 py-1.5 font-mono text-small font-medium break-words">
                    {name} {isRequired ? <span className="ml-2 font-sans text-meta text-muted">required</span> : null}
                  </th>
                  <td className="px-3 py-1.5 text-muted">{type}</td>
                  <td className="max-w-80 px-3 py-1.5 font-mono text-small break-words">
                    <Value text={given} />
                  </td>
                  <td className="max-w-60 px-3 py-1.5 font-mono text-small break-words text-muted">
                    <Value text={byDefault} />
                  </td>
                  <td className="max-w-[40ch] px-3 py-1.5 break-words text-muted">
                    <span className="line-clamp-4" title={description}>
                      {description}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {parameterSchema === null ? (
        <p className="text-muted">No schema: the server checks no parameters.</p>
      ) : (
        <Panel
          title="Schema"
          aside={<span className="text-muted">{enforcesSchema ? "Is enforced" : "Is not enforced"}</span>}
        >
          <Code label="JSON Schema of the parameters" text={toOrderedJson(parameterSchema)} />
        </Panel>
      )}
    </div>
  );
}

function Value({ text }: { readonly text: string | null }) {
  if (text === null) return <span className="text-faint">–</span>;
  return (
    <span className="line-clamp-4" title={text.slice(0, 2000)}>
      {text.slice(0, 2000)}
    </span>
  );
}

function toRows(schema: JsonObject, given: JsonObject): readonly ParameterRow[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  const names = [...new Set([...Object.keys(properties), ...Object.keys(given)])];
  return names.map((name) => {
    const property = isObject(properties[name]) ? properties[name] : {};
    const { description, title } = property;
    return {
      name,
      type: toType(property),
      isRequired: required.includes(name),
      given: Object.hasOwn(given, name) ? JSON.stringify(given[name]) : null,
      byDefault: property.default === undefined ? null : JSON.stringify(property.default),
      description: typeof description === "string" ? description : typeof title === "string" ? title : "",
    };
  });
}

function toType(property: JsonObject): string {
  const { type, format, enum: values, anyOf, oneOf, $ref } = property;
  if (Array.isArray(values)) return `one of ${values.length}`;
  if (typeof type === "string") return typeof format === "string" ? `${type}, ${format}` : type;
  if (Array.isArray(type)) return type.join(" or ");
  const branches = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : null;
  if (branches !== null) return branches.map((branch) => (isObject(branch) ? toType(branch) : "any")).join(" or ");
  return typeof $ref === "string" ? ($ref.split("/").at(-1) ?? "any") : "any";
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
