import { chartData, imageData, linkData, type TableInput, tableData, textData } from "./artifact-data.ts";
import { type Progress, type ProgressOptions, startProgress } from "./artifact-progress.ts";
import { type ArtifactOptions, recordArtifact } from "./record-artifact.ts";

export interface LinkOptions extends ArtifactOptions {
  /** What people click on. Default: the URL. */
  readonly text?: string;
}

export interface ImageOptions extends ArtifactOptions {
  /** What the image shows, for those who do not see it. */
  readonly alt?: string;
}

/**
 * What a run leaves for people to look at. Each call records one artifact of the task or flow it is called in, and gives back
 * its id. A body that runs again (a retry, a resume) overwrites what it recorded before; another run adds a version under the
 * same key. Outside a run an artifact stands alone. An artifact holds up to 1 MiB of JSON.
 *
 * Each throws ARTIFACT_INVALID for a key that is none, for content that has no JSON, and for what is too large.
 */
export const artifact = {
  /** @example await artifact.markdown(`# Accuracy\n\n**${accuracy}**`, { key: "report" }); */
  async markdown(text: string, options: ArtifactOptions = {}): Promise<string> {
    return (await recordArtifact("markdown", textData(text), options)).artifact.id;
  },

  /**
   * Rows as objects by column, or `{ columns, rows }` with rows as arrays of cells. Cells are plain data; big integers are kept
   * as texts, and NaN and the infinities as null.
   */
  async table(rows: TableInput, options: ArtifactOptions = {}): Promise<string> {
    return (await recordArtifact("table", tableData(rows), options)).artifact.id;
  },

  /** An absolute URL, of any scheme that runs no code. */
  async link(url: string | URL, { text, ...options }: LinkOptions = {}): Promise<string> {
    return (await recordArtifact("link", linkData(url, text), options)).artifact.id;
  },

  /** The bytes of a PNG, JPEG, GIF, WebP, AVIF or SVG image, or the URL of one. */
  async image(image: string | URL | Uint8Array, { alt, ...options }: ImageOptions = {}): Promise<string> {
    return (await recordArtifact("image", imageData(image, alt), options)).artifact.id;
  },

  /**
   * A bar that moves while the work goes on.
   *
   * @example const progress = await artifact.progress({ key: "pages" }); await progress.update(done / total);
   */
  progress(options: ProgressOptions = {}): Promise<Progress> {
    return startProgress(options);
  },

  /** A chart by its Vega-Lite specification (https://vega.github.io/vega-lite), with its data inside. */
  async chart(spec: Readonly<Record<string, unknown>>, options: ArtifactOptions = {}): Promise<string> {
    return (await recordArtifact("chart", chartData(spec), options)).artifact.id;
  },

  /** A card of HTML, to be shown in a frame of its own where no script runs. */
  async html(card: string, options: ArtifactOptions = {}): Promise<string> {
    return (await recordArtifact("html", textData(card), options)).artifact.id;
  },
} as const;
