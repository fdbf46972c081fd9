/**
 * Why a transport cannot start, by name: what an operator can do something about.
 * @module
 */

export type TransportErrorCode = "port_in_use" | "address_unavailable";

/** Thrown by Transport.start. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
