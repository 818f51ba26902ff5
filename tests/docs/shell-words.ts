/** Splits a line of a shell into its commands, as far as documentation writes them. */

const word = /'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\s'"]+)/gy;

/** Without comments, variables before a command, and redirections. */
export function splitCommands(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  let isRedirected = false;
  for (const part of wordsOf(line)) {
    const command = commands.at(-1) ?? [];
    if (part === "|" || part === "&&" || part === ";") commands.push([]);
    else if (part === "<" || part === ">" || part === "2>") isRedirected = true;
    else if (isRedirected) isRedirected = false;
    else if (command.length > 0 || !/^[A-Z_]+=/.test(part)) command.push(part);
  }
  return commands.filter((command) => command.length > 0);
}

function* wordsOf(line: string): Generator<string> {
  let at = 0;
  while (at < line.length) {
    at += /^\s*/.exec(line.slice(at))?.[0].length ?? 0;
    if (at >= line.length || line[at] === "#") return;
    let text = "";
    // Pieces that touch are one word: -p 'a b'=c
    for (word.lastIndex = at; ; at = word.lastIndex) {
      const piece = word.exec(line);
      if (piece === null) break;
      text += piece[1] ?? piece[2]?.replaceAll(/\\(.)/g, "$1") ?? piece[3] ?? "";
    }
    if (text === "") at++;
    else yield text;
  }
}
