/** How a task is found again in another thread or process, where its module is imported anew. */

import type { TaskDefinition } from "../../contract/definitions.ts";
import { runtimeSlot } from "../../contract/runtime.ts";

export interface TaskAddress {
  /** File URL. */
  readonly module: string;
  readonly name: string;
  /**
   * Which of the module's functions of this name, in the order of definition: a factory may make several tasks of one
   * name and one text, which only differ by what they close over.
   */
  readonly ordinal: number;
  readonly codeHash: string;
}

type Body = TaskDefinition["fn"];

/** The process's definitions by module and name, read on as they grow. A function is known by its first definition. */
class DefinitionIndex {
  #readTo = 0;
  #byPlace = new Map<string, TaskDefinition[]>();
  #byFunction = new WeakMap<Body, TaskAddress>();

  addressOf(definition: TaskDefinition): TaskAddress | null {
    this.#readOn();
    return this.#byFunction.get(definition.fn) ?? null;
  }

  find({ module, name, ordinal }: TaskAddress): TaskDefinition | null {
    this.#readOn();
    return this.#byPlace.get(placeOf(module, name))?.[ordinal] ?? null;
  }

  #readOn(): void {
    const { definitions } = runtimeSlot();
    if (definitions.length < this.#readTo) {
      this.#readTo = 0;
      this.#byPlace = new Map();
      this.#byFunction = new WeakMap();
    }
    for (; this.#readTo < definitions.length; this.#readTo++) {
      const definition = definitions[this.#readTo];
      if (definition?.kind === "task") this.#add(definition);
    }
  }

  #add(definition: TaskDefinition): void {
    const { fn, site, name, codeHash } = definition;
    if (site === null || this.#byFunction.has(fn)) return;
    const place = placeOf(site.module, name);
    const found = this.#byPlace.get(place) ?? [];
    this.#byFunction.set(fn, { module: site.module, name, ordinal: found.length, codeHash });
    found.push(definition);
    this.#byPlace.set(place, found);
  }
}

function placeOf(module: string, name: string): string {
  return `${module}\n${name}`;
}

const index = new DefinitionIndex();

/** Null when it is not known where the task was written. */
export function addressOf(definition: TaskDefinition): TaskAddress | null {
  return index.addressOf(definition);
}

/** Null when this thread or process has not defined such a task. */
export function findTask(address: TaskAddress): TaskDefinition | null {
  return index.find(address);
}
