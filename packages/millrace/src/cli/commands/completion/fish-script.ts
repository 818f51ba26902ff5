import type { CommandWords } from "./command-words.ts";

/** Completion for fish, with what each word stands for. */
export function fishScript(commands: readonly CommandWords[]): string {
  const paths = commands.flatMap(({ path }) => (path === "" ? [] : [quote(path)]));
  return `# fish completion for millrace; made by: millrace completion fish
function __millrace_path
  set -l path ''
  for word in (commandline -opc)[2..-1]
    string match -q -- '-*' $word; and continue
    set -l longer (string trim -- "$path $word")
    contains -- $longer ${paths.join(" ")}; and set path $longer
  end
  echo $path
end
function __millrace_at
  test (__millrace_path) = "$argv[1]"
end
complete -c millrace -f
${commands.flatMap(commandLines).join("\n")}
`;
}

function commandLines({ path, words, options, takesFiles }: CommandWords): readonly string[] {
  const at = `complete -c millrace -n ${quote(`__millrace_at ${quote(path)}`)}`;
  return [
    ...words.map(({ word, summary }) => `${at} -a ${quote(word)} -d ${quote(summary)}`),
    ...(takesFiles ? [`${at} -F`] : []),
    ...options.map(({ name, short, description, takesValue, choices }) => {
      const letter = short === null ? "" : ` -s ${short}`;
      const value = takesValue ? ` -x${choices.length > 0 ? ` -a ${quote(choices.join(" "))}` : ""}` : "";
      return `${at} -l ${name}${letter}${value} -d ${quote(description)}`;
    }),
  ];
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
