/** The package has no types; what is used of it is described in fvad.ts. */
declare module '@echogarden/fvad-wasm';
