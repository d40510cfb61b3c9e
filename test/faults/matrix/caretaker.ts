// What a node that watches the cluster would ask for next, by what it finds.

import { setTimeout as sleep } from "node:timers/promises";
import type { OperationRequest } from "../../../src/planning/operation.ts";
import type { Fence } from "../../../src/store/contract.ts";
import { createShutting } from "../../../src/watching/shutting.ts";
import { isReadOnly } from "../../lab/trouble.ts";
import type { Told } from "./judge.ts";
import type { Stage } from "./stage.ts";

/** Between two tries of a server that is down. Milliseconds. */
const DIAL_MS = 20;

/** A watcher closes deposed servers in the moment in which they answer. @returns what ends that, when it has tried each once more */
export const closingReturned = (
	{ ground, store }: Stage,
	fences: readonly Fence[],
): (() => Promise<void>) => {
	let isOver = false;
	const shut = createShutting({
		servers: ground.port,
		store,
		log: { warn: () => undefined },
		onShut: () => undefined,
	});
	const loops = fences
		.filter(({ state }) => state !== "unaccounted")
		.map(async (fence) => {
			for (let isLast = false; !isLast; await sleep(DIAL_MS)) {
				isLast = isOver;
				await shut(fence);
			}
		});
	return async () => {
		isOver = true;
		await Promise.all(loops);
	};
};

/** The primary that the store names. */
const recordedPrimary = async ({ store, ground }: Stage): Promise<string> => {
	const [cluster] = await store.clusters.all();
	return ground.aliasOf(cluster?.clusterName ?? "");
};

const returned = async (
	stage: Stage,
): Promise<OperationRequest | undefined> => {
	const { ground, store, hung, cutOff } = stage;
	for (const fence of await store.fences.open()) {
		const alias = ground.aliasOf(fence.instance);
		const server = ground.server(alias);
		if (!server.isRunning() || hung.has(alias) || cutOff.has(alias)) continue;
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
	const alias = await recordedPrimary(stage);
	const server = stage.ground.server(alias);
	const isAway = !server.isRunning() || stage.hung.has(alias);
	return !isAway
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

/** What a person does when nobody takes writes and no node does anything about it. */
export const askedOfPerson = async (
	stage: Stage,
): Promise<OperationRequest | undefined> => {
	const closed = await Promise.all(stage.ground.servers.map(isReadOnly));
	if (closed.includes(false)) return undefined;
	const { name } = stage.ground.server(await recordedPrimary(stage));
	return {
		kind: "recovery",
		cluster: name,
		instance: name,
		analysis: "DeadMaster",
		command: "force-master-failover",
	};
};

/** An operation has told a person to do that. */
export const isTold = (told: readonly Told[]): boolean =>
	told.some(({ texts }) =>
		texts.some((text) => text.includes("force-master-failover")),
	);
