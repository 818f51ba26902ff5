// Nothing: what Node itself needs.
export {};
