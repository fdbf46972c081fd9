/**
 * Styles are files of their own to the builder, and nothing to the compiler.
 * @module
 */
declare module "*.css";
