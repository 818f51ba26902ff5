import type { Deployment, JsonObject } from "millrace/client";
import { useMemo } from "react";
import { SchemaForm } from "../../schema-form/schema-form.tsx";
import { useValueFaults } from "../../schema-form/use-value-faults.ts";

/** Parameters that go over those of a deployment: what is not given is the deployment's own. */
export function ParameterFields(props: {
  readonly deployment: Deployment;
  readonly label: string;
  readonly value: JsonObject;
  readonly onChange: (value: JsonObject) => void;
}) {
  const { deployment, label, value, onChange } = props;
  const schema = useMemo(() => withoutRequired(deployment.parameterSchema ?? { type: "object" }), [deployment]);
  const { faults } = useValueFaults(schema, value);
  return <SchemaForm schema={schema} value={value} onChange={onChange} faults={faults} label={label} />;
}

function withoutRequired(schema: JsonObject): JsonObject {
  const { required: _, ...rest } = schema;
  return rest;
}
