/** Above this a body is sent packed. In characters, of which most are a byte. */
const packAbove = 65_536;

export type PackedBody = string | Uint8Array<ArrayBuffer>;

/** The text, or its gzip when it is large. */
export async function packBody(text: string): Promise<PackedBody> {
  if (text.length <= packAbove) return text;
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
