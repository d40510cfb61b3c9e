import { okJson } from "../../compat/json/envelope.ts";
import type { Json } from "../../compat/json/go-json.ts";
import {
	recordedTabulated,
	recordedTags,
	recordedTree,
	topologyTabulated,
	topologyTags,
	topologyTree,
} from "../../compat/text/topology.ts";
import { errors } from "../../errors.ts";
import type { ClusterRecord } from "../../store/contract.ts";
import type { RecordedInstance } from "../../store/history/contract.ts";
import {
	CLUSTER_FLAGS,
	CLUSTER_HELP,
	optional,
} from "../../surface/flag-use.ts";
import {
	type Instance,
	NO_REPLICATION,
	unknownInstance,
} from "../../topology/instance.ts";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import { unknownReplicas } from "../../topology/unknown-replicas.ts";
import type { Command, CommandContext } from "../command.ts";
import { descriptionContext } from "../description-context.ts";
import { asClusterRoute } from "../told.ts";
import { allOf } from "./clusters.ts";
import { regExpOf } from "./instances.ts";

type TagsOf = (name: InstanceName) => readonly string[];

/** `name=value` of each instance's tags, by name. */
const readTags = async (context: CommandContext): Promise<TagsOf> => {
	const byInstance = new Map<InstanceName, string[]>();
	for (const tag of await (await context.store()).tags.all()) {
		const text = `${tag.name}=${tag.value}`;
		const texts = byInstance.get(tag.instance);
		if (texts) texts.push(text);
		else byInstance.set(tag.instance, [text]);
	}
	return (name) => byInstance.get(name) ?? [];
};

/** What a record says of an instance: its place, and nothing of its state. */
const recalled = ({
	instance,
	source,
	version,
}: RecordedInstance): Instance => {
	const { host, port } = splitName(instance);
	const above = source === "" ? undefined : splitName(source);
	return {
		...unknownInstance(host, port),
		version,
		replication: above
			? { ...NO_REPLICATION, sourceHost: above.host, sourcePort: above.port }
			: NO_REPLICATION,
	};
};

/**
 * The newest recorded topology whose time, in seconds since the epoch, matches -pattern; nothing when none does. The
 * reference draws the rows of all matching records as one.
 */
const recordedMembers = async (
	context: CommandContext,
	{ clusterName }: ClusterRecord,
): Promise<Instance[]> => {
	const pattern = regExpOf(context);
	const { topologySnapshots } = await context.store();
	const matching = (await topologySnapshots.times()).filter((time) =>
		pattern.test(String(time)),
	);
	const newest = matching.at(-1);
	if (newest === undefined) {
		context.log.error(
			errors.nothingRecorded({ text: context.flags.pattern }).message,
		);
		return [];
	}
	if (matching.length > 1)
		context.log.info(
			`${matching.length} recorded topologies match; the newest, ${newest}, is drawn`,
		);
	return (await topologySnapshots.at(newest, clusterName)).map(recalled);
};

interface View {
	readonly present: (
		context: CommandContext,
		members: Instance[],
		clusterName: string,
	) => Promise<string>;
	readonly recorded: (
		context: CommandContext,
		members: Instance[],
	) => Promise<string>;
}

const TREE: View = {
	present: async (context, members, clusterName) =>
		topologyTree(members, await descriptionContext(context), clusterName),
	recorded: async (_, members) => recordedTree(members),
};

const TABULATED: View = {
	present: async (context, members, clusterName) =>
		topologyTabulated(members, await descriptionContext(context), clusterName),
	recorded: async (_, members) => recordedTabulated(members),
};

const TAGS: View = {
	present: async (context, members, clusterName) =>
		topologyTags(
			members,
			await descriptionContext(context),
			clusterName,
			await readTags(context),
		),
	recorded: async (context, members) =>
		recordedTags(members, await readTags(context)),
};

const draw =
	(view: View) =>
	async (context: CommandContext): Promise<void> => {
		const isRecorded = context.flags.pattern !== "";
		// A pattern that is none is said first, whatever the cluster.
		if (isRecorded) regExpOf(context);
		const cluster = await context.cluster();
		if (cluster === undefined) return context.print("");
		if (isRecorded)
			return context.print(
				await view.recorded(context, await recordedMembers(context, cluster)),
			);
		const members = await allOf(context, cluster);
		context.print(await view.present(context, members, cluster.clusterName));
		for (const hint of unknownReplicas(members, cluster.role))
			context.log.error(hint);
	};

const RECORDED_HELP =
	"With -pattern, a regular expression on the time of a record (seconds since the epoch), a topology that snapshot-topologies recorded: names only, the newest of several.";

/** The picture as text: the API's, or of a record, which the API does not draw. */
const drawnJson =
	(name: string, view: View) =>
	async (context: CommandContext): Promise<Json> => {
		if (context.flags.pattern === "") return presentJson(name)(context);
		regExpOf(context);
		const cluster = await context.cluster();
		if (cluster === undefined) return null;
		const members = await recordedMembers(context, cluster);
		return okJson(
			`Topology for cluster ${cluster.clusterName}`,
			await view.recorded(context, members),
		);
	};

const presentJson = (name: string) =>
	asClusterRoute(`${name}/:clusterHint`, (context) => context.cluster());

const topologyCommand = (
	name: string,
	view: View,
	summary: string,
	help: string,
): Command => ({
	name,
	category: "Information",
	flags: [...CLUSTER_FLAGS, optional("-pattern")],
	access: "reads",
	summary,
	help: `${help} ${CLUSTER_HELP} ${RECORDED_HELP}`,
	run: draw(view),
	json: drawnJson(name, view),
});

export const TOPOLOGY_COMMANDS: readonly Command[] = [
	topologyCommand(
		"topology",
		TREE,
		"Draw the replication tree of a cluster",
		"Draws the replication tree of a cluster, with the state of each instance in brackets.",
	),
	topologyCommand(
		"topology-tabulated",
		TABULATED,
		"Draw the replication tree of a cluster in columns",
		'Draws the replication tree of a cluster in columns joined by "|".',
	),
	topologyCommand(
		"topology-tags",
		TAGS,
		"Draw the replication tree of a cluster with the tags of each instance",
		"Draws the replication tree of a cluster, with the state and the tags of each instance in brackets.",
	),
];
