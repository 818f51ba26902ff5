import { families } from "../states/families.ts";
import { familyText } from "../states/state-badge.tsx";
import { Case, Cases, Section } from "./case.tsx";

const neutrals = ["bg", "panel", "raised", "hover", "selected", "line", "fg", "muted", "faint", "accent"] as const;

const sizes = [
  ["text-meta", "Meta, 11/16"],
  ["text-small", "Small, 12/16: heads of tables, code"],
  ["text-body", "Body, 13/20"],
  ["text-section", "Section, 15/22"],
  ["text-title", "Title, 18/24"],
  ["text-figure", "Figure, 28/32"],
] as const;

export function Tokens() {
  return (
    <Section title="Tokens">
      <Cases>
        {[...neutrals, ...families].map((name) => (
          <Case key={name} title={name}>
            <span
              className="h-8 w-20 rounded-control border border-line forced-color-adjust-none"
              style={{ background: `var(--${name})` }}
            />
          </Case>
        ))}
      </Cases>
      <Cases>
        {families.map((family) => (
          <span key={family} className={`font-medium ${familyText[family]}`}>
            {family} as a word
          </span>
        ))}
      </Cases>
      <div className="flex flex-col">
        {sizes.map(([size, words]) => (
          <span key={size} className={size}>
            {words} 0123456789
          </span>
        ))}
      </div>
    </Section>
  );
}
