/** `onDrift` in code is `--on-drift` in a shell. */
export function toOptionName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
