/**
 * What one answer may cost. A page of transactions from many blocks decodes all of these, however few it shows of each:
 * it ends early when that is enough, and says where it goes on.
 * @module
 */

/** About four full blocks of the standard size. What is in the cache costs nothing. */
const decodedTransactionsMax = 8_192;

export class ReadAllowance {
  #left: number;

  constructor(transactions: number = decodedTransactionsMax) {
    this.#left = transactions;
  }

  /** A block was read for the answer that has so many transactions. */
  take(transactions: number): void {
    this.#left -= transactions;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }
}
