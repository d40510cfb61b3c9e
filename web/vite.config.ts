import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";

const inProject = (path: string): string =>
	fileURLToPath(new URL(path, import.meta.url));

// Vite reads a default export; nothing in the project imports this file.
export default {
	root: inProject("."),
	// Relative, so that the same build serves below every URLPrefix.
	base: "./",
	plugins: [react()],
	build: {
		outDir: inProject("../dist/web"),
		emptyOutDir: true,
		// The policy of the pages allows no data: scripts or styles; icons may be inlined.
		assetsInlineLimit: 4096,
		modulePreload: { polyfill: false },
	},
};
