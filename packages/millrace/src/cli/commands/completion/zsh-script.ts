import type { CommandWords, OptionWords } from "./command-words.ts";

/** Completion for zsh, with what each word stands for. */
export function zshScript(commands: readonly CommandWords[]): string {
  return `#compdef millrace
# zsh completion for millrace; made by: millrace completion zsh
_millrace() {
  local cmd="" word i
  local -a names flags
  local files=""
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    [[ "$word" == -* ]] && continue
    case "\${cmd:+$cmd }$word" in
      (${commands.flatMap(({ path }) => (path === "" ? [] : [quote(path)])).join("|")}) cmd="\${cmd:+$cmd }$word" ;;
    esac
  done
  case "$cmd \${words[CURRENT-1]}" in
${commands.flatMap(choiceCases).join("\n")}
  esac
  case "$cmd" in
${commands.map(commandCase).join("\n")}
  esac
  if [[ "\${words[CURRENT]}" == -* ]]; then
    _describe -o option flags
  elif [[ -n "$files" ]]; then
    _files
  else
    _describe command names
  fi
}
if [[ "$funcstack[1]" == "_millrace" ]]; then
  _millrace "$@"
else
  compdef _millrace millrace
fi
`;
}

function commandCase({ path, words, options, takesFiles }: CommandWords): string {
  const names = words.map(({ word, summary }) => entry(word, summary)).join(" ");
  const flags = options.map((option) => entry(`--${option.name}`, option.description)).join(" ");
  return `    (${quote(path)}) names=(${names}) flags=(${flags})${takesFiles ? " files=1" : ""} ;;`;
}

function choiceCases({ path, options }: CommandWords): readonly string[] {
  return options.filter(hasChoices).map(({ name, choices }) => {
    const values = choices.map(quote).join(" ");
    return `    (${quote(`${path} --${name}`)}) compadd -- ${values}; return ;;`;
  });
}

function hasChoices({ takesValue, choices }: OptionWords): boolean {
  return takesValue && choices.length > 0;
}

/** In a list for _describe a colon parts the word from its meaning. */
function entry(word: string, meaning: string): string {
  return quote(`${word.replaceAll(":", "\\:")}:${meaning}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
