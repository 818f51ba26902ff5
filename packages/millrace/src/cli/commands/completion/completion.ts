import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { bashScript } from "./bash-script.ts";
import { readCommandWords } from "./command-words.ts";
import { fishScript } from "./fish-script.ts";
import { zshScript } from "./zsh-script.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export const completionCommand = defineCommand({
  summary: "Print a script that lets a shell complete commands and options",
  details: ['With --json: `{ "shell": its name, "script": the script }`.'],
  positionals: { shell: required("bash, zsh or fish.") },
  options: {},
  examples: [
    { command: "completion bash > ~/.local/share/bash-completion/completions/millrace", why: "bash" },
    { command: `completion zsh > "\${fpath[1]}/_millrace"`, why: "zsh" },
    { command: "completion fish > ~/.config/fish/completions/millrace.fish", why: "fish" },
  ],
  async run({ args }, { out, json }) {
    const { shell } = args;
    if (!isShell(shell)) throw new UsageProblem(`there is no completion for \`${shell}\``, "it is bash, zsh or fish");
    const script = scripts[shell](await readCommandWords()).trimEnd();
    if (json) out.json({ shell, script: `${script}\n` });
    else out.line(script);
    return undefined;
  },
});

function isShell(name: string): name is keyof typeof scripts {
  return Object.hasOwn(scripts, name);
}
