import {
	type Instance,
	sourceOf,
	unknownInstance,
} from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { type Ignores, neighboursOf } from "./neighbours.ts";
import { createProbeSlots } from "./probe-slots.ts";

/** Bound of one crawl, so that a server which names thousands cannot send us everywhere. */
const MOST_INSTANCES = 5_000;

interface CrawlDeps {
	/** @throws BatonError when the server cannot be seen */
	readonly look: (name: InstanceName) => Promise<Instance>;
	readonly record: (found: readonly Instance[]) => Promise<unknown>;
	readonly ignores: () => Ignores;
	readonly isForgotten: (name: InstanceName) => boolean;
	/** Looks at once (DiscoveryMaxConcurrency). */
	readonly most: () => number;
}

/** Records what was found in as few writes as the store's pace allows. */
const createCollector = (record: CrawlDeps["record"]) => {
	let pending: Instance[] = [];
	let writing: Promise<void> | undefined;
	const write = async (): Promise<void> => {
		while (pending.length > 0) {
			const batch = pending;
			pending = [];
			await record(batch);
		}
	};
	return {
		add: (instance: Instance): void => {
			pending.push(instance);
			writing ??= write().finally(() => {
				writing = undefined;
			});
			// Told by `written`.
			writing.catch(() => undefined);
		},
		/** @throws what the store throws */
		written: async (): Promise<void> => {
			while (writing !== undefined || pending.length > 0)
				await (writing ?? write());
		},
	};
};

/**
 * Goes from one server to those that it names, and on. The first must answer; one that a replica names as its source and that does
 * not is recorded as a source that was never seen, anybody else that does not is left out. A server that hangs delays no other.
 * @throws BatonError when the first server cannot be seen, or the store fails
 */
export const createCrawl =
	(deps: CrawlDeps) =>
	async (start: InstanceName): Promise<void> => {
		const visited = new Set<InstanceName>();
		const collector = createCollector(deps.record);
		const slots = createProbeSlots({
			most: deps.most,
			capacity: () => MOST_INSTANCES,
		});
		const looks: Promise<void>[] = [];

		const visit = (name: InstanceName, by?: Instance): void => {
			if (visited.has(name) || visited.size >= MOST_INSTANCES) return;
			if (deps.isForgotten(name)) return;
			visited.add(name);
			looks.push(
				new Promise((resolve, reject) => {
					slots.take(() => seeing(name, by).then(resolve, reject));
				}),
			);
		};

		const seeing = async (name: InstanceName, by?: Instance): Promise<void> => {
			let found: Instance;
			try {
				found = await deps.look(name);
			} catch (error) {
				if (by === undefined) throw error;
				const isSource = sourceOf(by) === name;
				const { members } = neighboursOf(by, deps.ignores());
				if (isSource && members.includes(name)) {
					const { host, port } = splitName(name);
					collector.add(unknownInstance(host, port));
				}
				return;
			}
			visited.add(found.name);
			collector.add(found);
			const { members, doubtful, elsewhere } = neighboursOf(
				found,
				deps.ignores(),
			);
			for (const next of [...members, ...doubtful, ...elsewhere])
				visit(next, found);
		};

		visit(start);
		// Grows while it is walked.
		for (const look of looks) await look;
		await collector.written();
	};
