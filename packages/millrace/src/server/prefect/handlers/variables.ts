/** Variables by id and by name. */

import { isMillraceError } from "../../../contract/errors.ts";
import type { ObjectChange, Variable } from "../../../contract/objects.ts";
import { PrefectError } from "../errors.ts";
import { fromVariableFilter, toPrefectVariable, variableSorts } from "../mapping/variable.ts";
import type { PrefectContext, PrefectHandlers, PrefectRequest } from "../routes-table-types.ts";
import { listAtMost } from "./list-at-most.ts";

type VariableHandler =
  | "createVariable"
  | "readVariable"
  | "readVariableByName"
  | "updateVariable"
  | "updateVariableByName"
  | "deleteVariable"
  | "deleteVariableByName"
  | "readVariables"
  | "countVariables";

type Change = PrefectRequest<"updateVariable">["body"];

export function variableHandlers({ api, onUnreadable }: PrefectContext): Pick<PrefectHandlers, VariableHandler> {
  const read = async (id: string): Promise<Variable> => found(await api.readObject("variable", id));
  const readByName = async (name: string): Promise<Variable> => found(await api.readVariable(name));

  async function update(id: string, change: Change): Promise<void> {
    const name = change.name ?? undefined;
    found(await naming(name, () => api.updateObject("variable", id, toChange(change))));
  }

  async function remove(id: string): Promise<void> {
    if (!(await api.deleteObject("variable", id))) throw notFound();
  }

  return {
    async createVariable({ body: { name, value, tags } }) {
      const variable = { name, value: JSON.stringify(value), tags };
      const made = await naming(name, () => api.createObject("variable", variable));
      return { status: 201, body: toPrefectVariable(made, onUnreadable) };
    },

    readVariable: async ({ params: { id } }) => ({
      status: 200,
      body: toPrefectVariable(await read(id), onUnreadable),
    }),

    readVariableByName: async ({ params: { name } }) => ({
      status: 200,
      body: toPrefectVariable(await readByName(name), onUnreadable),
    }),

    async updateVariable({ params: { id }, body }) {
      await update(id, body);
      return { status: 204 };
    },

    async updateVariableByName({ params: { name }, body }) {
      await update((await readByName(name)).id, body);
      return { status: 204 };
    },

    async deleteVariable({ params: { id } }) {
      await remove(id);
      return { status: 204 };
    },

    async deleteVariableByName({ params: { name } }) {
      await remove((await readByName(name)).id);
      return { status: 204 };
    },

    async readVariables({ body: { variables, sort, limit, offset } }) {
      const query = { where: fromVariableFilter(variables), sort: variableSorts[sort] };
      const items = await listAtMost({ limit, offset }, (page) => api.listObjects("variable", query, page));
      return { status: 200, body: items.map((variable) => toPrefectVariable(variable, onUnreadable)) };
    },

    countVariables: async ({ body: { variables } }) => ({
      status: 200,
      body: await api.count("variable", fromVariableFilter(variables)),
    }),
  };
}

/** What is null of a change stays as it is; a value may be null. */
function toChange({ name, value, tags }: Change): ObjectChange<"variable"> {
  return {
    ...(name == null ? {} : { name }),
    ...(value === undefined ? {} : { value: JSON.stringify(value) }),
    ...(tags == null ? {} : { tags }),
  };
}

function notFound(): PrefectError {
  return new PrefectError({ status: 404, detail: "Variable not found." });
}

function found(variable: Variable | null): Variable {
  if (variable === null) throw notFound();
  return variable;
}

/** Writes a variable of this name, unless another has it. */
async function naming<T>(name: string | undefined, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
    throw new PrefectError({ status: 409, detail: `A variable with the name '${name ?? ""}' already exists.` });
  }
}
