/** The parts of a template that was read. */

export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "output"; readonly value: Expression; readonly line: number }
  | { readonly kind: "set"; readonly name: string; readonly value: Expression; readonly line: number }
  | {
      readonly kind: "if";
      readonly branches: readonly { readonly test: Expression; readonly body: readonly Node[] }[];
      readonly otherwise: readonly Node[];
      readonly line: number;
    }
  | {
      readonly kind: "for";
      /** One, or several that take an item apart. */
      readonly names: readonly string[];
      readonly items: Expression;
      readonly test: Expression | null;
      readonly body: readonly Node[];
      /** When there is no item. */
      readonly otherwise: readonly Node[];
      readonly line: number;
    };

export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**" | "~";
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";

export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "mapping"; readonly entries: readonly { readonly key: Expression; readonly value: Expression }[] }
  | { readonly kind: "attribute"; readonly of: Expression; readonly name: string }
  | { readonly kind: "item"; readonly of: Expression; readonly key: Expression }
  | {
      readonly kind: "slice";
      readonly of: Expression;
      readonly start: Expression | null;
      readonly end: Expression | null;
    }
  | { readonly kind: "call"; readonly of: Expression; readonly given: Arguments }
  | { readonly kind: "filter"; readonly of: Expression; readonly name: string; readonly given: Arguments }
  | {
      readonly kind: "test";
      readonly of: Expression;
      readonly name: string;
      readonly given: Arguments;
      readonly isNegated: boolean;
    }
  | { readonly kind: "not" | "negative"; readonly of: Expression }
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "compare";
      readonly first: Expression;
      readonly rest: readonly { readonly operator: Comparison; readonly value: Expression }[];
    }
  | {
      readonly kind: "choice";
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression | null;
    };

export interface Arguments {
  readonly values: readonly Expression[];
  readonly named: Readonly<Record<string, Expression>>;
}
