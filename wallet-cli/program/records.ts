/**
 * Commands about assets, records, documents, and the account's own settings.
 * @module
 */
import type { Command } from "commander";
import type { AccountFlags } from "../commands/account.ts";
import type { AssetCreateFlags, AssetFlags } from "../commands/asset.ts";
import type { AssetsFlags } from "../commands/assets.ts";
import type { CheckFlags } from "../commands/check.ts";
import type { RecordPutFlags } from "../commands/record.ts";
import type { RecordGetFlags, RecordHistoryFlags } from "../commands/record-reading.ts";
import type { StampFlags } from "../commands/stamp.ts";
import type { Run } from "../run.ts";
import { withActOptions } from "./acting-options.ts";

export function addRecords(program: Command, run: Run): void {
  addAssets(program, run);
  addRecordCommands(program, run);
  addDocuments(program, run);
  const account = program.command("account").description("settings of an account in the ledger");
  withActOptions(
    account
      .command("set")
      .description("change what the ledger demands of payments to the account")
      .option("--require-memo <on|off>", "refuse payments without a memo"),
  ).action(async (flags: AccountFlags) => {
    const { setAccount } = await import("../commands/account.ts");
    await run(program.opts(), async (wallet) => await setAccount(wallet, flags));
  });
}

function addAssets(program: Command, run: Run): void {
  const asset = program.command("asset").description("issue assets of your own");
  withActOptions(
    asset
      .command("create")
      .argument("[code]", "1 to 12 of A-Z and 0-9")
      .description("create an asset; what is fixed here is fixed for good")
      .option("--decimals <number>", "digits behind the point, 0 to 18")
      .option("--name <text>", "for people; at most 64 bytes")
      .option("--max-supply <amount>", "in whole units; no more can ever exist"),
  ).action(async (code: string | undefined, flags: AssetCreateFlags) => {
    const { createAsset } = await import("../commands/asset.ts");
    await run(program.opts(), async (wallet) => await createAsset(wallet, code, flags));
  });
  withActOptions(
    asset
      .command("mint")
      .argument("[amount]", "in whole units of the asset")
      .argument("[asset]", "CODE of your own asset")
      .argument("[to]", "a name or an address")
      .description("make new units of an asset that you issue")
      .option("--memo <text>", "a note that everybody can read"),
  ).action(async (amount: string, code: string, to: string, flags: AssetFlags) => {
    const { mint } = await import("../commands/asset.ts");
    await run(program.opts(), async (wallet) => await mint(wallet, { amount, code, to }, flags));
  });
  withActOptions(
    asset
      .command("burn")
      .argument("[amount]", "in whole units of the asset")
      .argument("[asset]", "CODE, CODE@issuer or the id")
      .description("destroy units that you hold")
      .option("--memo <text>", "a note that everybody can read"),
  ).action(async (amount: string, code: string, flags: AssetFlags) => {
    const { burn } = await import("../commands/asset.ts");
    await run(program.opts(), async (wallet) => await burn(wallet, { amount, code }, flags));
  });
  program
    .command("assets")
    .description("all assets of the network, each with its issuer")
    .option("--limit <number>", "at most 100", "20")
    .option("--cursor <cursor>", "where a page before has ended")
    .action(async (flags: AssetsFlags) => {
      const { assets } = await import("../commands/assets.ts");
      await run(program.opts(), async (wallet) => await assets(wallet, flags));
    });
}

function addRecordCommands(program: Command, run: Run): void {
  const record = program.command("record").description("versioned records of an account");
  withActOptions(
    record
      .command("put")
      .argument("[topic]", "at most 64 bytes")
      .argument("[key]", "at most 64 bytes")
      .description("write the next version of a record")
      .option("--text <text>", "record this text; it is stored in the ledger")
      .option("--file <file>", "record a file's SHA-256; the file stays here")
      .option("--hash <sha256>", "record this hash")
      .option("--version <number>", "fail unless this is the next version")
      .option("--memo <text>", "a note that everybody can read"),
  ).action(async (topic: string, key: string, flags: RecordPutFlags) => {
    const { putRecord } = await import("../commands/record.ts");
    await run(program.opts(), async (wallet) => await putRecord(wallet, { topic, key }, flags));
  });
  record
    .command("get")
    .argument("<topic>")
    .argument("<key>")
    .argument("[who]", "whose record: a name or an address (your only key)")
    .description("the current version of a record, proven, or an earlier one")
    .option("--version <number>", "an earlier version")
    .action(async (topic: string, key: string, who: string | undefined, flags: RecordGetFlags) => {
      const { getRecord } = await import("../commands/record-reading.ts");
      await run(program.opts(), async (wallet) => {
        return await getRecord(wallet, { topic, key, who }, flags);
      });
    });
  record
    .command("history")
    .argument("<topic>")
    .argument("<key>")
    .argument("[who]", "whose record: a name or an address (your only key)")
    .description("the versions of a record, newest first, each proven")
    .option("--limit <number>", "at most 100", "20")
    .option("--cursor <cursor>", "where a page before has ended")
    .action(
      async (topic: string, key: string, who: string | undefined, flags: RecordHistoryFlags) => {
        const { recordHistory } = await import("../commands/record-reading.ts");
        await run(program.opts(), async (wallet) => {
          return await recordHistory(wallet, { topic, key, who }, flags);
        });
      },
    );
}

function addDocuments(program: Command, run: Run): void {
  withActOptions(
    program
      .command("stamp")
      .argument("[file]", "it stays here: only its SHA-256 is recorded")
      .description("record that you have this file now")
      .option("--topic <topic>", "of the record", "documents")
      .option("--key <key>", "of the record (the file's SHA-256)")
      .option("--memo <text>", "a note that everybody can read"),
  ).action(async (file: string | undefined, flags: StampFlags) => {
    const { stamp } = await import("../commands/stamp.ts");
    await run(program.opts(), async (wallet) => await stamp(wallet, file, flags));
  });
  program
    .command("check")
    .argument("<file>", "it stays here: only its SHA-256 is asked about")
    .description("prove that this file was recorded, by whom and when")
    .option("--by <who>", "only by this account: a name or an address")
    .action(async (file: string, flags: CheckFlags) => {
      const { check } = await import("../commands/check.ts");
      await run(program.opts(), async (wallet) => await check(wallet, file, flags));
    });
}
