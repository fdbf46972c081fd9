/**
 * The completion scripts of shells.
 * @module
 */
import { Argument, type Command } from "commander";
import { completionScript, type Shell, shells } from "../../src/shell/completion.ts";
import type { Run } from "../run.ts";

export function addCompletion(program: Command, run: Run): void {
  program
    .command("completion")
    .addArgument(new Argument("<shell>", "whose script").choices([...shells]))
    .description("print the script with which a shell completes this command")
    .addHelpText("after", example)
    .action(async (shell: Shell) => {
      const script = completionScript(shell, program);
      await run(program.opts(), async () => ({ data: { shell, script }, text: script.trimEnd() }));
    });
}

const example = `
Examples:
  source <(quorate-wallet completion bash)             in ~/.bashrc
  source <(quorate-wallet completion zsh)              in ~/.zshrc, after compinit
  quorate-wallet completion fish | source              in ~/.config/fish/config.fish`;
