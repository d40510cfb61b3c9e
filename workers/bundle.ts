import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Workflow code for the workers: the bundle that the build made, beside the running code, else the sources, which the SDK
 * bundles at start (0.8 s).
 */
export const workflowCode = ():
	| { readonly workflowBundle: { readonly codePath: string } }
	| { readonly workflowsPath: string } => {
	for (const place of ["./workflow-bundle.js", "../workflow-bundle.js"]) {
		const codePath = fileURLToPath(new URL(place, import.meta.url));
		if (existsSync(codePath)) return { workflowBundle: { codePath } };
	}
	return {
		workflowsPath: fileURLToPath(
			new URL("../workflows/index.ts", import.meta.url),
		),
	};
};
