import type { Configuration } from "../config/keys.ts";
import { errorText } from "../errors.ts";
import { submitPrimaries } from "../kv/primary-entries.ts";
import type { Store } from "../store/contract.ts";
import { purgeStore } from "../store/history/housekeeping.ts";
import { isLastCheckValid } from "../topology/instance.ts";
import { type InstanceName, instanceName } from "../topology/instance-name.ts";

interface HousekeepingDeps {
	readonly store: Store;
	readonly config: () => Configuration;
	readonly nowMs: () => number;
	/** Every group has its watch workflow: one that ended is started again. */
	readonly ensureWatches: () => Promise<void>;
	/** Removes old runs of the schedules from Temporal. @returns how many */
	readonly removeOldRuns: () => Promise<number>;
	/** Rolling maintenances that were ended from outside are told as ended. */
	readonly closeRollings: () => Promise<void>;
	readonly log: { warn(text: string): void };
}

/** What one run did, for people: it is shown in the Temporal UI. */
export interface HousekeepingReport {
	/** Rows past their time, by what they are. */
	readonly purged: Readonly<Record<string, number>>;
	/** Servers that do not answer by a name that has become another one's. */
	readonly renamed: readonly InstanceName[];
	/** Time of the record of all topologies, seconds since the epoch; 0 when none was due. */
	readonly snapshotAt: number;
	/** Entries about primaries that were not in the key-value store as they should be. */
	readonly submitted: number;
	/** Runs of schedules that were removed from Temporal. */
	readonly oldRuns: number;
}

const HOUR_S = 3_600;

/** An instance that is not seen, and whose host is called otherwise now, under which name the server is seen. */
const forgetRenamed = async (store: Store): Promise<InstanceName[]> => {
	const resolves = new Map(
		(await store.hostnames.resolves()).map((each) => [
			each.hostname,
			each.resolved,
		]),
	);
	if (resolves.size === 0) return [];
	const all = await store.inventory.all();
	const seen = new Set(all.filter(isLastCheckValid).map(({ name }) => name));
	const renamed = all.filter(({ name, host, port }) => {
		const now = resolves.get(host);
		return (
			now !== undefined &&
			now !== host &&
			!seen.has(name) &&
			seen.has(instanceName(now, port))
		);
	});
	for (const { name } of renamed) await store.inventory.forget(name);
	return renamed.map(({ name }) => name);
};

const snapshotWhenDue = async (
	store: Store,
	everyHours: number,
	nowMs: number,
): Promise<number> => {
	if (everyHours === 0) return 0;
	const last = (await store.topologySnapshots.times()).at(-1) ?? 0;
	return nowMs / 1000 - last >= everyHours * HOUR_S
		? store.topologySnapshots.take(nowMs)
		: 0;
};

/** What is done each minute so that nothing grows or rots. Any part can be done twice. @throws BatonError when the store fails */
export const keepHouse = async (
	deps: HousekeepingDeps,
): Promise<HousekeepingReport> => {
	const { store } = deps;
	await deps.ensureWatches();
	const oldRuns = await deps.removeOldRuns().catch((error: unknown) => {
		deps.log.warn(
			`old runs of the schedules stay until the namespace forgets them: ${errorText(error)}`,
		);
		return 0;
	});
	await deps
		.closeRollings()
		.catch((error: unknown) =>
			deps.log.warn(
				`whether rolling maintenances go on is not known: ${errorText(error)}`,
			),
		);
	return {
		oldRuns,
		purged: await purgeStore(store, deps.config(), deps.nowMs()),
		renamed: await forgetRenamed(store),
		submitted: await submitPrimaries(
			store,
			deps.config().KVClusterMasterPrefix,
			deps.nowMs(),
		).catch((error: unknown) => {
			deps.log.warn(
				`entries about primaries are not in the key-value store: ${errorText(error)}`,
			);
			return 0;
		}),
		snapshotAt: await snapshotWhenDue(
			store,
			deps.config().SnapshotTopologiesIntervalHours,
			deps.nowMs(),
		),
	};
};
