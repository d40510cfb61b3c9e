import { type Instance, sourceOf } from "../../topology/instance.ts";
import {
	compareNames,
	type InstanceName,
} from "../../topology/instance-name.ts";
import {
	type DescriptionContext,
	isVisiblyReplicating,
	printable,
} from "./description.ts";

/** An instance and the text that stands for it in the tree: prefix, name and alias. */
export interface Branch {
	readonly instance: Instance;
	readonly text: string;
}

/** The forest of one cluster, as the three drop-in views draw it. */
interface Forest {
	readonly byName: ReadonlyMap<InstanceName, Instance>;
	readonly below: ReadonlyMap<InstanceName, readonly Instance[]>;
	readonly sourceless: readonly Instance[];
}

const isGroupSecondary = (instance: Instance): boolean =>
	instance.group.name !== "" && instance.group.primary !== instance.name;

/** The instance under which this one is drawn: the group's primary for a group secondary, else its source. */
const parentOf = (instance: Instance): InstanceName | undefined =>
	isGroupSecondary(instance)
		? instance.group.primary || undefined
		: sourceOf(instance);

const forestOf = (instances: readonly Instance[]): Forest => {
	const sorted = [...instances].sort((a, b) => compareNames(a.name, b.name));
	const byName = new Map(sorted.map((each) => [each.name, each]));
	const below = new Map<InstanceName, Instance[]>();
	const sourceless: Instance[] = [];
	for (const instance of sorted) {
		const parent = parentOf(instance);
		if (parent === undefined || !byName.has(parent)) {
			sourceless.push(instance);
			continue;
		}
		const siblings = below.get(parent);
		if (siblings) siblings.push(instance);
		else below.set(parent, [instance]);
	}
	return { byName, below, sourceless };
};

/** The members of rings: instances that are met again when their sources are followed. Two co-primaries are the usual ring. */
const ringOf = (forest: Forest): Instance[] =>
	[...forest.byName.values()].filter((instance) => {
		const passed = new Set<InstanceName>();
		let name = parentOf(instance);
		while (name !== undefined && !passed.has(name)) {
			if (name === instance.name) return true;
			passed.add(name);
			const next = forest.byName.get(name);
			name = next && parentOf(next);
		}
		return false;
	});

const markOf = (instance: Instance, context: DescriptionContext): string => {
	if (isGroupSecondary(instance)) return "‡";
	return isVisiblyReplicating(instance, context) ? "+" : "-";
};

const textOf = (
	instance: Instance,
	depth: number,
	context: DescriptionContext,
): string => {
	const prefix =
		depth === 0
			? ""
			: `${" ".repeat(2 * (depth - 1))}${markOf(instance, context)} `;
	const alias =
		instance.instanceAlias === ""
			? ""
			: ` (${printable(instance.instanceAlias)})`;
	return `${prefix}${instance.name}${alias}`;
};

/** Depth-first from one instance. `stopAt` keeps a ring from being walked round. */
const branchesFrom = (
	root: Instance,
	depth: number,
	forest: Forest,
	stopAt: ReadonlySet<InstanceName>,
	context: DescriptionContext,
): Branch[] => [
	{ instance: root, text: textOf(root, depth, context) },
	...(forest.below.get(root.name) ?? [])
		.filter((each) => !stopAt.has(each.name))
		.flatMap((each) => branchesFrom(each, depth + 1, forest, stopAt, context)),
];

/**
 * orchestrator's order of drawing: of several instances without a source that carry the cluster's name only the last in
 * host, port order is drawn as root, as the reference does. Behind its tree come the members that do not carry that name,
 * such as a primary that a failover has replaced: the reference counts them as clusters of their own, and nobody who looks
 * at this one would see them.
 */
export const branchesOf = (
	instances: readonly Instance[],
	context: DescriptionContext,
	clusterName: string,
): Branch[] => {
	const carriesName = (each: Instance) => each.clusterName === clusterName;
	const forest = forestOf(instances);
	const root = forest.sourceless.findLast(carriesName);
	const roots = [
		...(root === undefined ? [] : [root]),
		...forest.sourceless.filter((each) => !carriesName(each)),
	];
	const ring = ringOf(forest).filter(
		(each) => root === undefined || !carriesName(each),
	);
	const ringNames = new Set(ring.map((each) => each.name));
	const trees = roots.flatMap((each) =>
		branchesFrom(each, 0, forest, new Set(), context),
	);
	const rings = ring.flatMap((each) =>
		branchesFrom(each, 1, forest, ringNames, context),
	);
	return root === undefined ? [...rings, ...trees] : [...trees, ...rings];
};
