/**
 * `quorate completion bash|zsh|fish`: the script with which a shell completes this command.
 * @module
 */
import { Argument, Command } from "commander";
import { completionScript, type Shell, shells } from "../../src/shell/completion.ts";
import { printResult } from "./result.ts";

export function completionCommand(): Command {
  return new Command("completion")
    .addArgument(new Argument("<shell>", "whose script").choices([...shells]))
    .description("print the script with which a shell completes this command")
    .addHelpText(
      "after",
      `
Examples:
  source <(quorate completion bash)             in ~/.bashrc
  source <(quorate completion zsh)              in ~/.zshrc, after compinit
  quorate completion fish | source              in ~/.config/fish/config.fish`,
    )
    .action((shell: Shell, _flags: unknown, command: Command) => {
      const program = command.parent ?? command;
      const script = completionScript(shell, program);
      const { json } = command.optsWithGlobals<{ readonly json?: boolean }>();
      printResult(json, { shell, script }, () => script.trimEnd());
    });
}
