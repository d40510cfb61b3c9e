// What a node that watches the cluster would ask for next, by what it finds.

import type { OperationRequest } from "../../../src/planning/operation.ts";
import { isReadOnly } from "../../lab/trouble.ts";
import type { Stage } from "./stage.ts";

/** The primary that the store names. */
const recordedPrimary = async ({ store, ground }: Stage): Promise<string> => {
	const [cluster] = await store.clusters.all();
	return ground.aliasOf(cluster?.clusterName ?? "");
};

const returned = async (
	stage: Stage,
): Promise<OperationRequest | undefined> => {
	const { ground, store, hung } = stage;
	for (const fence of await store.fences.open()) {
		const alias = ground.aliasOf(fence.instance);
		const server = ground.server(alias);
		if (!server.isRunning() || hung.has(alias)) continue;
		if (fence.state === "waiting" || !(await isReadOnly(server)))
			return {
				kind: "rejoin",
				cluster: fence.identity,
				instance: fence.instance,
			};
	}
	return undefined;
};

const dead = async (stage: Stage): Promise<OperationRequest | undefined> => {
	const server = stage.ground.server(await recordedPrimary(stage));
	return server.isRunning()
		? undefined
		: {
				kind: "recovery",
				cluster: server.name,
				instance: server.name,
				analysis: "DeadMaster",
			};
};

/** The next operation, or none when there is nothing to do. */
export const nextOperation = async (
	stage: Stage,
): Promise<OperationRequest | undefined> =>
	(await dead(stage)) ?? (await returned(stage));
