import type { Instance } from "../../../topology/instance.ts";
import { buildTree, type TreeNode } from "../../../topology/tree.ts";
import { topologyTree } from "../topology.ts";
import { headline } from "./headline.ts";
import { history } from "./history.ts";
import { instanceDetails } from "./instance.ts";
import { analysisRows } from "./rows.ts";
import type { WhySubject } from "./subject.ts";

const instancesOf = (node: TreeNode): Instance[] => [
	node.instance,
	...node.children.flatMap(instancesOf),
];

/**
 * Everything that is known of a cluster and why it is judged as it is: the cluster, its tree, each instance, each row of the
 * analysis, and what went before. Plain text of at most 100 columns where no word is longer; no newline at its end.
 */
export const whyText = (subject: WhySubject): string => {
	const instances = subject.entries.map((each) => each.facts.instance);
	const sections: readonly (readonly string[])[] = [
		headline(subject),
		buildTree(instances).map((root) =>
			topologyTree(
				instancesOf(root),
				subject.limits,
				subject.cluster.clusterName,
			),
		),
		...subject.entries.map((entry) => instanceDetails(entry, subject)),
		[
			"WHY: the rows of the analysis, by what speaks against them",
			...analysisRows(subject.entries),
		],
		["BEFORE", ...history(subject)],
	];
	return sections
		.filter((lines) => lines.some((line) => line !== ""))
		.map((lines) => lines.join("\n"))
		.join("\n\n");
};
