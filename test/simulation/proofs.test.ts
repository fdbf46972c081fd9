/**
 * Whatever a node is just doing, what it proves is accepted by somebody who has the genesis alone, and by somebody who
 * remembers a block that was proven before.
 * @module
 */
import { expect, test } from "vitest";
import { nativeHasher } from "../../node/adapters/native-crypto.ts";
import { decodeProof, encodeProof } from "../../src/proof/proof.ts";
import { verifyParsedReceipt } from "../../src/proof/receipt.ts";
import { type Trust, trustGenesis, trustTip } from "../../src/proof/trust.ts";
import { type Proven, verifyProof } from "../../src/proof/verify.ts";
import { epoch, height } from "../../src/protocol/ids.ts";
import { accountKey, parametersKey, validatorsKey } from "../../src/protocol/state.ts";
import type { NodeQueries } from "../../src/replica/node-queries.ts";
import type { ProofWish, Proved } from "../../src/replica/proof-queries.ts";
import { World } from "./world/world.ts";

const epochLength = 10;

/** A wallet that trusts the genesis and remembers the newest block that was proven to it. */
class Doubter {
  readonly #world: World;
  readonly #genesis: Trust;
  #remembered: Trust;
  readonly refused: Record<string, number> = {};
  accounts = 0;
  receipts = 0;
  blocks = 0;

  constructor(world: World) {
    this.#world = world;
    const { genesis, chainId } = world.network;
    this.#genesis = trustGenesis(nativeHasher, genesis, chainId);
    this.#remembered = this.#genesis;
  }

  /** Asks about a few accounts, an old block and its transactions. */
  async ask(queries: NodeQueries): Promise<void> {
    const { network, random } = this.#world;
    const { proofs } = queries;
    for (const { account } of network.wallets.slice(0, 3)) {
      const { wish, trust } = this.#terms(queries);
      const proven = this.#verify(await proofs.account(account, wish), trust);
      if (proven === undefined) continue;
      this.accounts += 1;
      expect(proven.facts[0]).toMatchObject({ kind: "state", key: accountKey(account) });
      this.#remember(proven);
    }
    this.#verify(proofs.state([parametersKey, validatorsKey], { from: epoch(0), known: [] }));
    const at = height(random.below(queries.tip().height + 1));
    const { wish, trust } = this.#terms(queries);
    const block = this.#verify(proofs.block(at, wish), trust);
    if (block !== undefined) {
      this.blocks += 1;
      expect(block.header.height).toBe(at);
    }
    this.#verify(proofs.block(at, { from: epoch(0), known: [] }));
    for (const { id } of queries.blockAt(at)?.block.transactions.slice(0, 2) ?? []) {
      const receipt = proofs.receipt(id, { from: epoch(0), known: [] });
      if (!receipt.ok) throw new Error(`no receipt: ${receipt.reason.kind}`);
      const ports = { hasher: nativeHasher, verifier: this.#world.verifier };
      const verified = verifyParsedReceipt(receipt.value, this.#genesis, ports);
      if (!verified.ok) throw new Error(verified.reason);
      expect(verified.value.proven.header.height).toBe(at);
      this.receipts += 1;
    }
  }

  /** What this node can be asked for: one that lags knows nothing of what another one has proven. */
  #terms(queries: NodeQueries): { readonly wish: ProofWish; readonly trust: Trust } {
    const { checkpoint, epoch: from } = this.#remembered;
    if (checkpoint === undefined || checkpoint.height > queries.tip().height) {
      return { wish: { from: epoch(0), known: [] }, trust: this.#genesis };
    }
    return { wish: { from, known: [checkpoint.height] }, trust: this.#remembered };
  }

  #verify(proved: Proved, trust: Trust = this.#genesis): Proven | undefined {
    if (!proved.ok) {
      const { kind } = proved.reason;
      this.refused[kind] = (this.refused[kind] ?? 0) + 1;
      return undefined;
    }
    const decoded = decodeProof(encodeProof(proved.value));
    if (!decoded.ok) throw new Error(decoded.reason.message);
    const ports = { hasher: nativeHasher, verifier: this.#world.verifier };
    const verified = verifyProof(decoded.value, trust, ports);
    if (!verified.ok) throw new Error(verified.reason);
    return verified.value;
  }

  #remember({ certified, validators }: Proven): void {
    const { header, blockId } = certified;
    if (header.height <= (this.#remembered.checkpoint?.height ?? -1)) return;
    const tip = { height: header.height, blockId, epoch: header.epoch, validators };
    this.#remembered = trustTip(this.#genesis, tip);
  }
}

test("nodes prove all they are asked, while members come and go and machines crash", async () => {
  const world = new World({ seed: 11, epochLength, validators: 4, spare: 2 });
  const doubter = new Doubter(world);
  await world.startAll();
  await world.run(1_200);
  world.client.start(40);
  world.operators.voteIn([0, 1, 2], 4);
  const askAll = async (): Promise<void> => {
    for (const { queries } of world.nodes) if (queries !== undefined) await doubter.ask(queries);
  };
  let goal = 0;
  const reach = async (of: number): Promise<void> => {
    goal = of * epochLength + 1;
    for (let i = 0; i < 2_000 && !world.nodes.every((n) => !n.isUp || n.height >= goal); i += 1) {
      await world.run(7 + world.random.below(60));
      await askAll();
    }
  };
  await reach(1);
  world.operators.voteIn([0, 1, 2, 3], 5);
  await reach(2);
  world.nodes[1]?.crash();
  world.nodes[2]?.crash();
  await world.run(500);
  world.nodes[1]?.start();
  world.nodes[2]?.start();
  world.operators.voteOut([1, 2, 3, 4, 5], 0);
  await reach(4);
  expect(Math.min(...world.nodes.map((node) => node.height))).toBeGreaterThanOrEqual(goal);
  expect(world.checkers.setOf(epoch(4))?.validators).toHaveLength(5);
  expect(doubter.accounts).toBeGreaterThan(500);
  expect(doubter.blocks).toBeGreaterThan(200);
  expect(doubter.receipts).toBeGreaterThan(20);
  expect(doubter.refused).toEqual({});
  await world.healAndDemandProgress();
  await world.checkEnd();
});
