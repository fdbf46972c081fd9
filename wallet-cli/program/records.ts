/**
 * Commands about assets, records and documents.
 * @module
 */
import type { Command } from "commander";
import type { Run } from "../run.ts";

export function addRecords(_program: Command, _run: Run): void {}
