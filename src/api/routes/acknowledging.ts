import { z } from "zod";
import { recoveriesAcknowledged } from "../../audit/changes.ts";
import type { Caller } from "../../auth/authenticator.ts";
import type { Json } from "../../compat/json/go-json.ts";
import { nameJson } from "../../compat/json/values.ts";
import type { ApiDeps } from "../deps.ts";
import { CLUSTER, CLUSTER_ALIAS, COMMENT, INSTANCE, UID } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { CHANGE, envelopeRoutes, type Route, success } from "../route.ts";

interface Acknowledgement {
	readonly caller: Caller;
	readonly input: { readonly comment: string };
}

const createSigner =
	(deps: ApiDeps) =>
	({ caller, input }: Acknowledgement) => ({
		owner: caller.user || deps.node.hostname,
		comment: input.comment,
		nowMs: deps.nowMs(),
	});

type Signature = ReturnType<ReturnType<typeof createSigner>>;

/** Of what, how many, and by whom. */
const acknowledged = (
	details: Json,
	count: number,
	{ owner, comment }: Signature,
	of: Parameters<typeof recoveriesAcknowledged>[0] = {},
) =>
	success(details, `${count} recoveries acknowledged`, [
		recoveriesAcknowledged(of, count, owner, comment),
	]);

const byCluster = (deps: ApiDeps, reading: Reading): Route[] => {
	const signed = createSigner(deps);
	const { recoveries } = deps.store;
	return [
		...envelopeRoutes(
			{
				...CHANGE,
				paths: ["ack-recovery/cluster/:clusterHint"],
				says: "Acknowledges the recoveries of a cluster",
				input: CLUSTER.extend(COMMENT.shape),
			},
			async (call) => {
				const { clusterName } = await reading.cluster(call.input);
				const count = await recoveries.acknowledge({
					...signed(call),
					clusterName,
				});
				return acknowledged(clusterName, count, signed(call), { clusterName });
			},
		),
		...envelopeRoutes(
			{
				...CHANGE,
				paths: ["ack-recovery/cluster/alias/:clusterAlias"],
				says: "Acknowledges the recoveries of the cluster with that alias",
				input: CLUSTER_ALIAS.extend(COMMENT.shape),
			},
			async (call) => {
				const { clusterName } = await reading.clusterByAlias(
					call.input.clusterAlias,
				);
				const count = await recoveries.acknowledge({
					...signed(call),
					clusterName,
				});
				return acknowledged(clusterName, count, signed(call), { clusterName });
			},
		),
	];
};

const one = (deps: ApiDeps, reading: Reading): Route[] => {
	const signed = createSigner(deps);
	const { recoveries } = deps.store;
	return [
		...envelopeRoutes(
			{
				...CHANGE,
				paths: ["ack-recovery/instance/:host/:port"],
				says: "Acknowledges the recoveries from failures of an instance",
				input: INSTANCE.extend(COMMENT.shape),
			},
			async (call) => {
				const instance = await reading.nameOf(call.input);
				const count = await recoveries.acknowledge({
					...signed(call),
					instance,
				});
				return acknowledged(nameJson(instance), count, signed(call), {
					instance,
				});
			},
		),
		...envelopeRoutes(
			{
				...CHANGE,
				paths: ["ack-recovery/:recoveryId"],
				says: "Acknowledges one recovery, by id",
				input: COMMENT.extend({
					recoveryId: z.string().regex(/^\d{1,15}$/, "invalid recovery id"),
				}),
			},
			async (call) => {
				const id = Number(call.input.recoveryId);
				const count = await recoveries.acknowledge({ ...signed(call), id });
				return acknowledged(call.input.recoveryId, count, signed(call));
			},
		),
		...envelopeRoutes(
			{
				...CHANGE,
				paths: ["ack-recovery/uid/:uid"],
				says: "Acknowledges one recovery, by uid",
				input: UID.extend(COMMENT.shape),
			},
			async (call) => {
				const { uid } = call.input;
				const count = await recoveries.acknowledge({ ...signed(call), uid });
				return acknowledged(uid, count, signed(call));
			},
		),
	];
};

const everything = (deps: ApiDeps): Route[] => {
	const signed = createSigner(deps);
	return envelopeRoutes(
		{
			...CHANGE,
			paths: ["ack-all-recoveries"],
			says: "Acknowledges every recovery",
			input: COMMENT,
		},
		async (call) => {
			const count = await deps.store.recoveries.acknowledge({
				...signed(call),
				all: true,
			});
			return acknowledged(call.input.comment, count, signed(call));
		},
	);
};

/** Acknowledging recoveries, which ends their active period (api.md §7.8, recovery.md §2.3). A comment is needed. */
export const acknowledgingRoutes = (
	deps: ApiDeps,
	reading: Reading,
): Route[] => [
	...byCluster(deps, reading),
	...one(deps, reading),
	...everything(deps),
];
