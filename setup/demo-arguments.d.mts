import type { ServerFlavor } from "./locate.mjs";

export const USAGE: string;

export const demoArguments: (words: readonly string[]) =>
	| {
			readonly kind: "demo";
			readonly flavor: ServerFlavor;
			readonly check: boolean;
	  }
	| { readonly kind: "help" }
	| { readonly kind: "wrong"; readonly says: string };
