import type { Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { type Branch, branchesOf } from "./branches.ts";
import {
	bracketed,
	columnsOf,
	type DescriptionContext,
	describe,
} from "./description.ts";

/** For instances of which no state is known: no limit matters. */
const NOTHING_KNOWN: DescriptionContext = {
	nowMs: 0,
	pollSeconds: 0,
	reasonableLagSeconds: 0,
	maintenanceLagSeconds: 0,
	isDowntimed: () => false,
};

const width = (text: string): number => [...text].length;

const widest = (texts: readonly string[]): number =>
	texts.reduce((most, text) => Math.max(most, width(text)), 0);

const padRight = (text: string, to: number): string =>
	text + " ".repeat(Math.max(0, to - width(text)));

const padLeft = (text: string, to: number): string =>
	" ".repeat(Math.max(0, to - width(text))) + text;

/** The branches with something in brackets behind each, so that the brackets line up. */
const alignedLines = (
	branches: readonly Branch[],
	behind: (instance: Instance) => string,
): string[] => {
	const to = widest(branches.map((branch) => branch.text));
	return branches.map(
		({ text, instance }) => `${padRight(text, to)} ${behind(instance)}`,
	);
};

const treeLines = (
	branches: readonly Branch[],
	context: DescriptionContext,
): string[] =>
	alignedLines(branches, (instance) => bracketed(instance, context));

/** The tree with bracketed descriptions; no newline at its end, empty for no instances. */
export const topologyTree = (
	instances: readonly Instance[],
	context: DescriptionContext,
	clusterName: string,
): string =>
	treeLines(branchesOf(instances, context, clusterName), context).join("\n");

/** Rows of cells joined by `|`, each column as wide as its widest cell. */
const tabulated = (rows: readonly (readonly string[])[]): string => {
	const LAG_COLUMN = 1;
	const widths = (rows[0] ?? []).map((_, column) =>
		widest(rows.map((row) => row[column] ?? "")),
	);
	return rows
		.map((row) =>
			row
				.map((cell, column) =>
					column === LAG_COLUMN
						? padLeft(cell, widths[column] ?? 0)
						: padRight(cell, widths[column] ?? 0),
				)
				.join("|"),
		)
		.join("\n");
};

/** The tree in seven columns joined by `|`, the lag right-aligned. */
export const topologyTabulated = (
	instances: readonly Instance[],
	context: DescriptionContext,
	clusterName: string,
): string =>
	tabulated(
		branchesOf(instances, context, clusterName).map(({ text, instance }) => [
			text,
			...columnsOf(describe(instance, context)),
		]),
	);

/** Gives `name=value` texts in order. */
type TagsOf = (name: InstanceName) => readonly string[];

/** `[tag,tag=value]`; an empty value loses its `=`. */
const bracketedTags = (instance: Instance, tagsOf: TagsOf): string =>
	`[${tagsOf(instance.name)
		.map((tag) => tag.replace(/=$/, ""))
		.join(",")}]`;

/** The tree with ` [tag,tag=value]` behind each line. */
export const topologyTags = (
	instances: readonly Instance[],
	context: DescriptionContext,
	clusterName: string,
	tagsOf: TagsOf,
): string => {
	const branches = branchesOf(instances, context, clusterName);
	const lines = treeLines(branches, context);
	return branches
		.map(
			({ instance }, index) =>
				`${lines[index]} ${bracketedTags(instance, tagsOf)}`,
		)
		.join("\n");
};

/** The rows of a record are of one cluster, and say no name of it. */
const recordedBranches = (instances: readonly Instance[]): Branch[] =>
	branchesOf(instances, NOTHING_KNOWN, "");

/**
 * A recorded topology: names only, since a record holds no state. Its marks are `-`: nothing was seen replicating.
 */
export const recordedTree = (instances: readonly Instance[]): string =>
	recordedBranches(instances)
		.map(({ text }) => text)
		.join("\n");

/** A recorded topology as the one column that it has. */
export const recordedTabulated = (instances: readonly Instance[]): string =>
	tabulated(recordedBranches(instances).map(({ text }) => [text]));

/** A recorded topology with the tags of today. */
export const recordedTags = (
	instances: readonly Instance[],
	tagsOf: TagsOf,
): string =>
	alignedLines(recordedBranches(instances), (instance) =>
		bracketedTags(instance, tagsOf),
	).join("\n");
