/** What the encoder and the decoder of tagged JSON share. */

/** The first character of the only key of a tagged object. */
export const tagMark = "!";

type ViewConstructor = new (buffer: ArrayBuffer) => ArrayBufferView;

const views: readonly ViewConstructor[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float16Array,
  Float32Array,
  Float64Array,
  DataView,
];

/** Makes the views, by the name of their class. */
export const viewsByName: ReadonlyMap<string, ViewConstructor> = new Map(views.map((view) => [view.name, view]));

/** The classes whose content is bytes. */
export const byteKinds: ReadonlySet<string> = new Set([
  ...viewsByName.keys(),
  "Buffer",
  "ArrayBuffer",
  "SharedArrayBuffer",
]);
