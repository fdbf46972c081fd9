/**
 * Commands about names for other people's addresses.
 * @module
 */
import type { Command } from "commander";
import type { Run } from "../run.ts";

export function addContacts(_program: Command, _run: Run): void {}
