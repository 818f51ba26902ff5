/** A canvas that is drawn when something has changed, at the screen's own resolution, and never more than once a frame. */

export interface SurfaceSize {
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
}

export interface Surface {
  readonly size: SurfaceSize;
  /** It is drawn again with the next frame. */
  invalidate(): void;
  close(): void;
}

export type Draw = (context: CanvasRenderingContext2D, size: SurfaceSize) => void;

/** @param onDraw told of how long each drawing took, in ms */
export function openSurface(canvas: HTMLCanvasElement, draw: Draw, onDraw?: (tookMs: number) => void): Surface {
  const context = canvas.getContext("2d", { alpha: false });
  let size: SurfaceSize = { width: 0, height: 0 };
  let frame: number | null = null;

  function paint(): void {
    frame = null;
    if (context === null || size.width === 0 || size.height === 0) return;
    const startedAt = performance.now();
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(context, size);
    onDraw?.(performance.now() - startedAt);
  }

  const invalidate = (): void => {
    frame ??= requestAnimationFrame(paint);
  };
  const observer = new ResizeObserver(([entry]) => {
    if (entry === undefined) return;
    size = { width: entry.contentRect.width, height: entry.contentRect.height };
    invalidate();
  });
  observer.observe(canvas);

  return {
    get size() {
      return size;
    },
    invalidate,
    close() {
      observer.disconnect();
      if (frame !== null) cancelAnimationFrame(frame);
    },
  };
}
