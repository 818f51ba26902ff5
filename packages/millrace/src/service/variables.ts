/** Variables by their names: what runs ask for. As objects they are listed, renamed and told of as all others are. */

import type { Api } from "../contract/api.ts";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { Variable } from "../contract/objects.ts";
import { isJson, maxJsonDepth } from "../kit/json.ts";

type VariableMethods = Pick<Api, "readVariable" | "listVariables" | "writeVariable" | "deleteVariable">;
type Objects = Pick<Api, "listObjects" | "createObject" | "updateObject" | "deleteObject">;

/** How often a write is tried again because another one made or deleted the variable in between. */
const maxRaces = 20;

/** @throws VARIABLE_NAME_INVALID */
export function checkVariableName(name: string): void {
  if (/^[a-z0-9_-]{1,255}$/.test(name)) return;
  throw new MillraceError("VARIABLE_NAME_INVALID", { name, reason: "it has other characters, or more than 255" });
}

/** Who reads a variable parses its value. @throws VARIABLE_INVALID */
export function checkVariableValue(name: string, value: string): void {
  if (!isJson(value))
    throw new MillraceError("VARIABLE_INVALID", {
      name,
      reason: `its value is no JSON text, or one that is nested more than ${maxJsonDepth} deep`,
    });
}

export function createVariables(objects: Objects): VariableMethods {
  async function readVariable(name: string): Promise<Variable | null> {
    const where = { field: "name", in: [name] };
    return (await objects.listObjects("variable", { where }, { limit: 1 })).items[0] ?? null;
  }

  return {
    readVariable,
    listVariables: (page = {}) => objects.listObjects("variable", { sort: { field: "name", direction: "asc" } }, page),

    async writeVariable({ name, value, tags = [] }, revision) {
      checkVariableName(name);
      checkVariableValue(name, value);
      for (let race = 0; race < maxRaces; race++) {
        const found = await readVariable(name);
        try {
          if (found === null && revision !== undefined) throw noVariable(name);
          if (found === null) return await objects.createObject("variable", { name, value, tags });
        } catch (error) {
          if (isMillraceError(error, "OBJECT_EXISTS")) continue;
          throw error;
        }
        const changed = await objects.updateObject("variable", found.id, { value, tags }, revision);
        if (changed !== null) return changed;
      }
      throw new MillraceError("LEDGER_BUSY", { location: `variable ${name}`, waited: `${maxRaces} attempts` });
    },

    async deleteVariable(name) {
      const found = await readVariable(name);
      return found !== null && (await objects.deleteObject("variable", found.id));
    },
  };
}

function noVariable(name: string): MillraceError {
  return new MillraceError("NOT_FOUND", { kind: "variable", name, advice: "`millrace variable ls` lists them." });
}
