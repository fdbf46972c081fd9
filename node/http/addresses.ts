/**
 * Addresses in paths: read for this network, refused with the flaw that they have.
 * @module
 */
import { type Problem, requestProblem } from "../../src/api/problem.ts";
import type { AddressFlaw } from "../../src/protocol/address.ts";

const flawWords: Readonly<Record<AddressFlaw, string>> = {
  address_malformed: "This is no address: a character is missing, surplus or wrong.",
  address_wrong_network: "This is an address of another network.",
};

export const badAddress = (flaw: AddressFlaw): Problem =>
  requestProblem("bad_address", flawWords[flaw], { field: "path.address" });
