/**
 * Commands for accounts of several keys, for signing without a network, and for swaps.
 * @module
 */
import type { Command } from "commander";
import type { PolicyFlags } from "../commands/policy.ts";
import type { SetPolicyFlags } from "../commands/policy-set.ts";
import type { ProposeFlags } from "../commands/swap.ts";
import type { OfflineFlag, OutFlag, SignFlags } from "../commands/tx.ts";
import type { BuildFlags } from "../commands/tx-build.ts";
import type { Run } from "../run.ts";
import { withActOptions } from "./acting-options.ts";

export function addOffline(program: Command, run: Run): void {
  addPolicy(program, run);
  const tx = program
    .command("tx")
    .description("transactions as files: build, sign, merge and send, also without a network")
    .addHelpText("after", pipeExample);
  addBuild(tx.command("build").description("make a transaction for others to sign"), program, run);
  addTransaction(tx, program, run);
  addSwap(program, run);
}

const pipeExample = `
Examples:
  quorate-wallet tx build send 25 bob --from team --out pay.json
  quorate-wallet tx show pay.json                     what it does, who has to sign
  quorate-wallet tx sign pay.json --out mine.json     with the keys of this wallet
  quorate-wallet tx merge mine.json theirs.json | quorate-wallet tx send -`;

const offline = ["--offline", "ask no node for anything"] as const;
const out = ["--out <file>", "write it there instead of to stdout"] as const;

function addPolicy(program: Command, run: Run): void {
  const policy = program.command("policy").description("who may act for an account");
  policy
    .command("show")
    .argument("<who>", "a name or an address")
    .description("keys, weights and threshold, proven where there is a network")
    .option(...offline)
    .action(async (who: string, flags: OfflineFlag) => {
      const { showPolicy } = await import("../commands/policy.ts");
      await run(program.opts(), async (wallet) => await showPolicy(wallet, who, flags));
    });
  policy
    .command("create")
    .argument("<name>", "a name for the account")
    .argument("<key...>", keyForm)
    .description("a new account of several keys; it exists once it was paid")
    .option("--threshold <weight>", "the weight that has to sign")
    .option(...offline)
    .action(async (name: string, keys: readonly string[], flags: PolicyFlags) => {
      const { createPolicy } = await import("../commands/policy.ts");
      await run(program.opts(), async (wallet) => await createPolicy(wallet, name, keys, flags));
    });
  withActOptions(
    policy
      .command("set")
      .argument("<key...>", keyForm)
      .description("other keys for an account of yours; its address stays")
      .option("--threshold <weight>", "the weight that has to sign"),
  ).action(async (keys: readonly string[], flags: SetPolicyFlags) => {
    const { setPolicy } = await import("../commands/policy-set.ts");
    await run(program.opts(), async (wallet) => await setPolicy(wallet, keys, flags));
  });
  policy
    .command("import")
    .argument("<file>", "a policy file, or - for a pipe")
    .description(
      "remember an account's policy, checked against the ledger where there is a network",
    )
    .option("--name <name>", "what to call the account, instead of the name in the file")
    .option(...offline)
    .action(async (file: string, flags: OfflineFlag & { readonly name?: string }) => {
      const { importPolicy } = await import("../commands/policy.ts");
      await run(program.opts(), async (wallet) => await importPolicy(wallet, file, flags));
    });
  policy
    .command("export")
    .argument("<who>", "a name or an address")
    .description("the policy as a file for the other holders of keys")
    .option(...out)
    .option(...offline)
    .action(async (who: string, flags: OfflineFlag & OutFlag) => {
      const { exportPolicy } = await import("../commands/policy.ts");
      await run(program.opts(), async (wallet) => await exportPolicy(wallet, who, flags));
    });
}

const keyForm = "KEY or KEY=WEIGHT: a name, an address, or a public key in hex";

type BuildAction = (build: typeof import("../commands/tx-build.ts")) => Parameters<Run>[1];

function addBuild(build: Command, program: Command, run: Run): void {
  const start = async (choose: BuildAction): Promise<void> => {
    const module = await import("../commands/tx-build.ts");
    await run(program.opts(), choose(module));
  };
  withBuildOptions(build.command("send"))
    .argument("<amount>", "in whole units: 25, 0.5, 1_000.25")
    .argument("<to>", "a name or an address")
    .description("a payment")
    .option("--asset <asset>", "CODE, CODE@issuer or id, instead of the native one")
    .option("--decimals <number>", "of the asset, where no node can be asked")
    .action(async (amount: string, to: string, flags: BuildFlags) => {
      await start((m) => async (wallet) => await m.buildSend(wallet, { amount, to }, flags));
    });
  withBuildOptions(build.command("mint"))
    .argument("<amount>", "in whole units")
    .argument("<asset>", "CODE, CODE@issuer or id")
    .argument("<to>", "a name or an address")
    .description("new units of an asset that the account issues")
    .option("--decimals <number>", "of the asset, where no node can be asked")
    .action(async (amount: string, asset: string, to: string, flags: BuildFlags) => {
      await start((m) => async (wallet) => await m.buildMint(wallet, { amount, asset, to }, flags));
    });
  withBuildOptions(build.command("burn"))
    .argument("<amount>", "in whole units")
    .argument("<asset>", "CODE, CODE@issuer or id")
    .description("make units of the account's own vanish")
    .option("--decimals <number>", "of the asset, where no node can be asked")
    .action(async (amount: string, asset: string, flags: BuildFlags) => {
      await start((m) => async (wallet) => await m.buildBurn(wallet, { amount, asset }, flags));
    });
  withBuildOptions(build.command("record"))
    .argument("<topic>", "1 to 64 bytes")
    .argument("<key>", "1 to 64 bytes")
    .description("the next version of a record")
    .option("--text <text>", "record this text; it is stored in the ledger")
    .option("--file <file>", "record a file's SHA-256; the file stays here")
    .option("--hash <sha256>", "record this hash")
    .option("--version <number>", "instead of the current one + 1")
    .action(async (topic: string, key: string, flags: BuildFlags) => {
      await start((m) => async (wallet) => await m.buildRecord(wallet, { topic, key }, flags));
    });
  withBuildOptions(build.command("policy"))
    .argument("<key...>", keyForm)
    .description("other keys for the account; its address stays")
    .option("--threshold <weight>", "the weight that has to sign")
    .action(async (keys: readonly string[], flags: BuildFlags) => {
      await start((m) => async (wallet) => await m.buildPolicy(wallet, keys, flags));
    });
}

function withBuildOptions(command: Command): Command {
  return command
    .option("--from <who>", "whose transaction it is: a name or an address (your only key)")
    .option("--memo <text>", "a note that everybody can read")
    .option("--nonce <number>", "instead of the account's next")
    .option("--expires-at <time>", "2030-01-31T12:00:00Z: it can never be applied later")
    .option("--expires-in <duration>", "the same from now on (1d)")
    .option("--fee <amount>", "instead of the network's minimum")
    .option(...offline)
    .option(...out);
}

function addTransaction(tx: Command, program: Command, run: Run): void {
  tx.command("show")
    .argument("<file>", "a transaction file, or - for a pipe")
    .description("what it does in words, who has signed and who is missing")
    .option(...offline)
    .action(async (file: string, flags: OfflineFlag) => {
      const { showTransaction } = await import("../commands/tx.ts");
      await run(program.opts(), async (wallet) => await showTransaction(wallet, file, flags));
    });
  tx.command("sign")
    .argument("<file>", "a transaction file, or - for a pipe")
    .description("show it, and add the signatures of this wallet's keys")
    .option("--key <name>", "sign with this key alone")
    .option(...offline)
    .option(...out)
    .action(async (file: string, flags: SignFlags) => {
      const { signTransaction } = await import("../commands/tx.ts");
      await run(program.opts(), async (wallet) => await signTransaction(wallet, file, flags));
    });
  tx.command("merge")
    .argument("<file...>", "files of one transaction, with - for a pipe")
    .description("put the signatures of several files together")
    .option(...offline)
    .option(...out)
    .action(async (files: readonly string[], flags: OfflineFlag & OutFlag) => {
      const { mergeTransactions } = await import("../commands/tx.ts");
      await run(program.opts(), async (wallet) => await mergeTransactions(wallet, files, flags));
    });
  tx.command("send")
    .argument("<file>", "a transaction file, or - for a pipe")
    .description("send it when it is complete, and wait until it is final")
    .option("--no-wait", "be done when a node has accepted it")
    .action(async (file: string, flags: { readonly wait: boolean }) => {
      const { sendTransaction } = await import("../commands/tx.ts");
      await run(program.opts(), async (wallet) => await sendTransaction(wallet, file, flags));
    });
}

function addSwap(program: Command, run: Run): void {
  const swap = program
    .command("swap")
    .description("two parties, two assets, one transaction: both get theirs or neither does");
  swap
    .command("propose")
    .description("sign an offer for somebody to accept")
    .requiredOption("--give <amount>", '"10 GOLD": what you give')
    .requiredOption("--want <amount>", '"5 QRT": what you get for it')
    .requiredOption("--with <who>", "a name or an address")
    .option("--from <name>", "whose key signs (your only key)")
    .option("--memo <text>", "a note that everybody can read")
    .option("--nonce <number>", "instead of the account's next")
    .option("--expires-at <time>", "2030-01-31T12:00:00Z: it can never be accepted later")
    .option("--expires-in <duration>", "the same from now on (1d)")
    .option("--fee <amount>", "instead of the network's minimum")
    .option(...out)
    .action(async (flags: ProposeFlags) => {
      const { proposeSwap } = await import("../commands/swap.ts");
      await run(program.opts(), async (wallet) => await proposeSwap(wallet, flags));
    });
  swap
    .command("accept")
    .argument("<file>", "the offer, or - for a pipe")
    .description("show both sides, sign and send")
    .option("--no-wait", "be done when a node has accepted it")
    .action(async (file: string, flags: { readonly wait: boolean }) => {
      const { acceptSwap } = await import("../commands/swap.ts");
      await run(program.opts(), async (wallet) => await acceptSwap(wallet, file, flags));
    });
}
