/**
 * The last steps of every proof: from a block to the signatures under it, to whose they are, to the genesis.
 * @module
 */
import type { Footing } from "../../../src/client/footing.ts";
import type { Proven } from "../../../src/proof/verify.ts";
import { formatCheckpoint } from "../../../src/protocol/checkpoint.ts";
import { countText, manyText } from "../words/formats.ts";
import type { SignedBy } from "./claims.ts";
import type { KnownNetwork, Scene } from "./scene.ts";
import type { Titles, Way } from "./way.ts";

export const trustTitles: Titles = [
  ["final", "The block is final"],
  ["validators", "Its validators are those of the network"],
  ["genesis", "It is the network that this browser knows"],
];

/** `begun`: what was known before the proof. */
export async function showTrust(
  way: Way,
  { network }: Scene,
  proven: Proven,
  begun: Pick<Footing, "remembered">,
): Promise<void> {
  const { height } = proven.header;
  await way.good("final", finalWords(proven), {
    title: `Block #${countText(height)} is final`,
    signed: signedBy(proven),
  });
  await way.good("validators", validatorsWords(proven, begun, network));
  await way.good("genesis", genesisWords(network));
}

export const signedBy = ({ certificate, validators }: Proven): SignedBy => ({
  signers: certificate.signatures.map(({ signer }) => signer),
  names: validators.map(({ name }) => name),
});

function finalWords({ header, certified, certificate, signers, validators }: Proven): string {
  const { height } = certified.header;
  const by = `${signers} of ${validators.length} validators signed`;
  const where = `#${countText(height)} ${certified.blockId} in view ${countText(certificate.subject.view)}`;
  if (height === header.height) return `${by} ${where}.`;
  return `${by} ${where}, and #${countText(header.height)} is in the history of that block.`;
}

function validatorsWords(
  { vouching, validators, certified }: Proven,
  { remembered }: Pick<Footing, "remembered">,
  { checkpoint }: KnownNetwork,
): string {
  const changes = vouching.length - 1;
  const many = manyText(validators.length, "validator");
  const start =
    remembered === undefined
      ? "from the genesis"
      : `from #${countText(remembered.height)}, which this browser has seen proven before, and which is in the same history`;
  const way =
    changes === 0
      ? `The ${many} of epoch ${certified.header.epoch} follow ${start}.`
      : `The validators changed ${changes === 1 ? "once" : `${changes} times`} ${start}; those before signed each change.`;
  const set = checkpoint && ` The checkpoint ${formatCheckpoint(checkpoint)} is in its history.`;
  return way + (set ?? "");
}

function genesisWords({ chainId, acquaintance }: KnownNetwork): string {
  if (acquaintance.kind !== "known") {
    return `Chain ${chainId}. It is the first visit: from now on this browser holds every answer to it.`;
  }
  return `Chain ${chainId}, known here since ${new Date(acquaintance.sinceMs).toLocaleString()}.`;
}
