import type { Client } from "@temporalio/client";
import type { Configuration } from "../src/config/keys.ts";
import { refuseSeparateNodes } from "../src/config/raft-nodes.ts";
import { errors } from "../src/errors.ts";
import type { Log } from "../src/log.ts";
import { planRolling, type RollingPlan } from "../src/rolling/next-server.ts";
import type { Rolling } from "../src/rolling/port.ts";
import { cutOff, hasEnded } from "../src/rolling/status.ts";
import type { Store } from "../src/store/contract.ts";
import { createRolling, isRollingRunning } from "../temporal/rolling.ts";
import { lookAtCluster } from "./cluster-look.ts";
import { createLogger } from "./deps.ts";
import { hasNode } from "./has-node.ts";
import { installRuntime } from "./runtime.ts";
import { openTemporal, siteAddress, type TemporalSession } from "./temporal.ts";

const planOf = async (
	config: Configuration,
	store: Store,
	identity: string,
): Promise<RollingPlan> => {
	const { snapshot, settings } = await lookAtCluster(
		{ config, store },
		identity,
	);
	return planRolling(snapshot, settings);
};

/** Temporal has none: the store is to say so, where it does not know. One that ends by itself has told it before. */
const closeGone = async (
	{ rollings }: Pick<Store, "rollings">,
	identity: string,
): Promise<void> => {
	const status = await rollings.of(identity);
	if (status === undefined || hasEnded(status)) return;
	const nowMs = Date.now();
	await rollings.keep(cutOff(status, nowMs), nowMs);
};

/** Those that run as far as the store knows, and were ended from outside, are told as ended. */
export const createRollingCloser =
	(client: Client, store: Pick<Store, "rollings">) =>
	async (): Promise<void> => {
		for (const { identity } of await store.rollings.running())
			if (!(await isRollingRunning(client, identity)))
				await closeGone(store, identity);
	};

/** How rolling maintenances are asked for from this process. */
export const rollingOver = (
	client: Client,
	config: () => Configuration,
	store: Store,
): Rolling =>
	createRolling({
		client,
		plan: (identity) => planOf(config(), store, identity),
		onGone: (identity) => closeGone(store, identity),
	});

/** For one command. The plan is made without Temporal, which is connected to when something is asked of it. */
export const connectRolling = async ({
	config,
	store,
	log,
}: {
	readonly config: Configuration;
	readonly store: Store;
	readonly log: Log;
}): Promise<{ rolling: Rolling; close(): Promise<void> }> => {
	refuseSeparateNodes(config, siteAddress(config));
	const logger = createLogger(false);
	logger.level = "warn";
	let opened: Promise<TemporalSession> | undefined;
	const session = async (): Promise<Rolling> => {
		if (opened === undefined) {
			installRuntime(logger);
			opened = openTemporal({
				config,
				identity: `baton-cli@${config.BatonNode}`,
				log: {
					info: (text) => log.info(text),
					warn: (text) => log.warning(text),
				},
				shared: true,
			});
		}
		return rollingOver((await opened).client, () => config, store);
	};
	return {
		rolling: {
			plan: (identity) => planOf(config, store, identity),
			begin: async (request) => {
				// Else a Temporal would be started for the time of this command.
				if (!(await hasNode(store))) throw errors.rollingNeedsNode();
				return (await session()).begin(request);
			},
			tell: async (...told) => {
				if (!(await hasNode(store))) throw errors.rollingNeedsNode();
				return (await session()).tell(...told);
			},
		},
		close: async () => {
			if (opened !== undefined) await (await opened).close();
		},
	};
};
