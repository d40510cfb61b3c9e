import type { Response } from "express";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { errorText } from "../errors.ts";
import { isLastCheckValid } from "../topology/instance.ts";
import type { ApiDeps } from "./deps.ts";
import { isOpenListener } from "./open-listener.ts";

/** Metrics of this node, each gauge read at the moment it is asked for. A store or a Temporal that is away leaves its own gauges out. */
export const createMetrics = (deps: ApiDeps) => {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry });
	const { store } = deps;

	/** Those that could not be read at the last scrape, and why: told once each time it changes. */
	const unread = new Map<string, string>();

	/** One that cannot be read is left out of the answer, and does not take the others with it. */
	const readInto = async (
		name: string,
		into: Gauge,
		read: () => Promise<number>,
	): Promise<void> => {
		try {
			into.set(await read());
			unread.delete(name);
		} catch (error) {
			into.remove();
			const why = errorText(error);
			if (unread.get(name) !== why)
				deps.log.warn(`metric baton_${name} cannot be read: ${why}`);
			unread.set(name, why);
		}
	};

	const gauge = (
		name: string,
		help: string,
		read: () => Promise<number>,
	): void => {
		new Gauge({
			name: `baton_${name}`,
			help,
			registers: [registry],
			async collect() {
				await readInto(name, this, read);
			},
		});
	};

	gauge("instances", "Known instances", async () => {
		return (await store.inventory.names()).length;
	});
	gauge(
		"instances_unreachable",
		"Instances whose last check failed",
		async () =>
			(await store.inventory.all()).filter((each) => !isLastCheckValid(each))
				.length,
	);
	gauge("clusters", "Known clusters", async () => {
		return (await store.clusters.all()).length;
	});
	gauge("operations_running", "Operations that hold a cluster", async () => {
		return (await store.operations.running()).length;
	});
	gauge("temporal_reachable", "1 when Temporal answers", async () =>
		Number(await deps.temporal.reachable()),
	);
	gauge(
		"store_trouble",
		"1 while watchers of this node cannot read or write the store; they go on, and tell what they find",
		async () => Number(deps.storeTrouble() !== ""),
	);
	gauge("leader", "1 on the node that holds the lease", async () =>
		Number(deps.isLeader()),
	);
	gauge(
		"open_listener",
		"1 when anybody who reaches this node may change topologies",
		async () => Number(isOpenListener(deps.config())),
	);

	return {
		serve: async (response: Response): Promise<void> => {
			const text = await registry.metrics();
			response.setHeader("Content-Type", registry.contentType);
			response.end(text);
		},
	};
};

export type Metrics = ReturnType<typeof createMetrics>;
