import type { CommandWords } from "./command-words.ts";

/** Completion for bash 3.2 and newer; needs no other package. */
export function bashScript(commands: readonly CommandWords[]): string {
  return `# bash completion for millrace; made by: millrace completion bash
_millrace() {
  local cur prev path word i words options files
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  path=""
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in -*) continue ;; esac
    case "\${path:+$path }$word" in
      ${commands.flatMap(({ path }) => (path === "" ? [] : [quote(path)])).join(" | ")}) path="\${path:+$path }$word" ;;
    esac
  done
  words="" options="" files=""
  case "$path" in
${commands.map(commandCase).join("\n")}
  esac
  case "$path $prev" in
${commands.flatMap(choiceCases).join("\n")}
  esac
  if [[ "$cur" == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  elif [[ -n "$files" ]]; then
    COMPREPLY=($(compgen -f -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}
complete -o filenames -F _millrace millrace
`;
}

function commandCase({ path, words, options, takesFiles }: CommandWords): string {
  const names = words.map(({ word }) => word).join(" ");
  const flags = options.map(({ name }) => `--${name}`).join(" ");
  return `    ${quote(path)}) words=${quote(names)} options=${quote(flags)}${takesFiles ? " files=1" : ""} ;;`;
}

function choiceCases({ path, options }: CommandWords): readonly string[] {
  return options
    .filter(({ choices, takesValue }) => takesValue && choices.length > 0)
    .map(
      ({ name, choices }) =>
        `    ${quote(`${path} --${name}`)}) COMPREPLY=($(compgen -W ${quote(choices.join(" "))} -- "$cur")); return ;;`,
    );
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
