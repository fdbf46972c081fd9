/**
 * The three functions of the Reflect metadata proposal that `@peculiar/x509` looks for while it loads.
 *
 * It asks them about decorated constructors that take no arguments, so "there is no metadata" is the right answer.
 * The `reflect-metadata` package does the same with more; where it is loaded first, this does nothing.
 * @module
 */

interface Metadata {
  getMetadata?(key: unknown, target: object): unknown;
  getOwnMetadata?(key: unknown, target: object): unknown;
  defineMetadata?(key: unknown, value: unknown, target: object): void;
}

const reflect: typeof Reflect & Metadata = Reflect;

reflect.getMetadata ??= () => undefined;
reflect.getOwnMetadata ??= () => undefined;
reflect.defineMetadata ??= () => {};

export {};
