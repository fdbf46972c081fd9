/**
 * StorageCorruption: the disk gave back something else than what was written.
 *
 * LevelDB checks no checksums, so our own hashes do. A node that meets one of these ends: it must never serve or
 * build on a wrong row, and after a restart the checks of opening say what to do.
 * @module
 */

/** Thrown by reads; never caught, except by the opening checks and the process that is about to exit. */
export class StorageCorruption extends Error {
  override readonly name = "StorageCorruption";

  constructor(row: string) {
    super(`the ledger's storage is damaged: ${row}`);
  }
}
