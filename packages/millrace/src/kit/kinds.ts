/** What a value is, beyond `typeof`: shared by what digests values and what writes them down. */

import { types } from "node:util";

/** An object that is only its own properties: a literal, one without a prototype, or one of another realm. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf");
}

/** The name of the class of an object; "Object" when it has none. */
export function className(value: object): string {
  const constructor: unknown = value.constructor;
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "Object";
}

/** Why an object stands for something that is alive in this process, as the end of a sentence; null if it does not. */
export function describeLive(value: object): string | null {
  if (types.isPromise(value)) return "is a promise; await it first";
  if (types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef)
    return `is a ${className(value)}, whose content cannot be listed`;
  if (types.isGeneratorObject(value)) return "is a running generator; collect its values first";
  if (types.isMapIterator(value) || types.isSetIterator(value)) return "is an iterator; collect its values first";
  if (types.isExternal(value) || types.isModuleNamespaceObject(value)) return "belongs to this process";
  if (types.isKeyObject(value) || types.isCryptoKey(value)) return "is a cryptographic key";
  if (typeof Blob === "function" && value instanceof Blob)
    return "is a Blob, whose content is read asynchronously; read it first";
  if (isPlainObject(value)) return null;
  if (isEmitter(value) || value instanceof EventTarget)
    return `is a ${className(value)}, which is alive in this process; open it inside the task`;
  if (Symbol.asyncDispose in value || Symbol.dispose in value)
    return `is a ${className(value)}, which holds something open; open it inside the task`;
  return null;
}

function isEmitter(value: object): boolean {
  return "on" in value && "emit" in value && typeof value.on === "function" && typeof value.emit === "function";
}

/** The bytes of a buffer, a view or a typed array, without copying them. */
export function bytesOf(value: ArrayBufferLike | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}
