/**
 * Commands about which network and nodes the wallet uses.
 * @module
 */
import type { Command } from "commander";
import type { Run } from "../run.ts";

export function addProfile(_program: Command, _run: Run): void {}
