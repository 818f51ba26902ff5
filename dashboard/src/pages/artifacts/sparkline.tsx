/** How a number has gone, in a line of the height of a few words. */
export function Sparkline({ values, label }: { readonly values: readonly number[]; readonly label: string }) {
  const [width, height, edge] = [180, 32, 3];
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (values.length < 2 || !Number.isFinite(least)) return null;
  const at = values.map((value, index) => {
    const x = edge + (index / (values.length - 1)) * (width - 2 * edge);
    const y = most === least ? height / 2 : height - edge - ((value - least) / (most - least)) * (height - 2 * edge);
    return [Math.round(x * 10) / 10, Math.round(y * 10) / 10] as const;
  });
  const [lastX, lastY] = at.at(-1) ?? [0, 0];
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      className="shrink-0"
    >
      <title>{label}</title>
      <polyline
        points={at.map((point) => point.join(",")).join(" ")}
        fill="none"
        stroke="var(--accent)"
        strokeWidth="1.5"
      />
      <circle cx={lastX} cy={lastY} r="2.5" fill="var(--accent)" />
    </svg>
  );
}
