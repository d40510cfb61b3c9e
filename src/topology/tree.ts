import type { Instance } from "./instance.ts";
import { lineageOf } from "./lineage.ts";

export interface TreeNode {
	readonly instance: Instance;
	/** 0 for a root. */
	readonly depth: number;
	readonly isCoPrimary: boolean;
	/** By host, then port as a number. */
	readonly children: readonly TreeNode[];
}

/**
 * The instances as trees, roots by host and port. Each instance is in exactly one place: co-primaries are roots side by side,
 * without each other as children; a longer ring is cut open above its head; a group's secondaries are below its primary.
 */
export const buildTree = (
	instances: readonly Instance[],
): readonly TreeNode[] => {
	const lineage = lineageOf(instances);
	const roots = new Set(
		lineage.tops.flatMap((top) => {
			const upstream = lineage.upstreamOf(top);
			return upstream && lineage.isCoPrimary(top) ? [top, upstream] : [top];
		}),
	);
	const nodeOf = (instance: Instance, depth: number): TreeNode => ({
		instance,
		depth,
		isCoPrimary: lineage.isCoPrimary(instance),
		children: lineage
			.downstreamOf(instance)
			.filter((child) => !roots.has(child))
			.map((child) => nodeOf(child, depth + 1)),
	});
	return [...roots].map((root) => nodeOf(root, 0));
};
