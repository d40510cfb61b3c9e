import { freshSnapshot } from "../activities/cluster-view.ts";
import type { Configuration } from "../src/config/keys.ts";
import { planSettings } from "../src/config/promotion-settings.ts";
import { takesLonger } from "../src/mysql/deadline.ts";
import { ServerFault } from "../src/mysql/driver-error.ts";
import { failedCheck, type Servers } from "../src/mysql/servers.ts";
import type { PlanSettings } from "../src/planning/plan.ts";
import type { Store } from "../src/store/contract.ts";
import { unknownInstance } from "../src/topology/instance.ts";
import { type InstanceName, splitName } from "../src/topology/instance-name.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import { createServerPort, loadNaming } from "./deps.ts";

export interface ClusterLook {
	readonly config: Configuration;
	readonly store: Store;
	/** No server is waited for longer, whatever it does; without it each statement has a deadline of its own. */
	readonly withinMs?: number;
}

const inTime = (servers: Servers, withinMs: number): Servers => ({
	...servers,
	look: async (name, previous) => {
		const look = servers.look(name, previous, withinMs);
		if (!(await takesLonger(withinMs, look))) return look;
		const { host, port } = splitName(name);
		return failedCheck(
			previous ?? unknownInstance(host, port),
			new ServerFault("timeout", `no answer within ${withinMs} ms`),
			Date.now(),
		);
	},
});

/** The servers of a cluster as they are now, each over a connection of its own, and what plans go by. */
export const lookAtCluster = async (
	{ config, store, withinMs }: ClusterLook,
	identity: string,
	named: readonly InstanceName[] = [],
): Promise<{
	readonly snapshot: Snapshot;
	readonly settings: PlanSettings;
	/** They were looked at through it. */
	readonly servers: Servers;
}> => {
	const naming = await loadNaming(config, store);
	const servers = createServerPort(() => config, naming);
	const snapshot = await freshSnapshot(
		{
			store,
			servers: withinMs === undefined ? servers : inTime(servers, withinMs),
			nowMs: Date.now,
			config: () => config,
		},
		identity,
		{ named },
	);
	const names = snapshot.instances.map((each) => each.name);
	return { snapshot, settings: planSettings(config, names), servers };
};
