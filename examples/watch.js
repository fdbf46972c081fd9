/**
 * Prints new final blocks, from whichever node answers. With a number, ends after so many.
 *
 *     node examples/watch.js .quorate 5
 * @module
 */
import { connect } from "quorate";
import { localNetwork } from "./local-network.js";

const network = await connect(localNetwork());
let left = Number(process.argv[3] ?? Number.POSITIVE_INFINITY);
for await (const { height, id, transactions } of network.blocks({ after: 0 })) {
  console.log(`#${height} ${id} ${transactions.length} transactions`);
  left -= 1;
  if (left <= 0) break;
}
