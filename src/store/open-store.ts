import { createAccessTokens } from "./access-tokens.ts";
import { createAuditLog } from "./audit-log.ts";
import { createCandidates } from "./candidates.ts";
import { createChangelog } from "./changelog.ts";
import { createClusters } from "./clusters.ts";
import type { Store } from "./contract.ts";
import { createDetections } from "./detections.ts";
import { createDowntimes } from "./downtimes.ts";
import type { StoreDriver } from "./driver.ts";
import { createFences } from "./fences.ts";
import { checkStore } from "./health-check.ts";
import { createHostAttributes } from "./host-attributes.ts";
import { createHostnames } from "./hostnames.ts";
import { createInventory } from "./inventory.ts";
import { createKeyValues } from "./key-values.ts";
import { createMaintenances } from "./maintenances.ts";
import { createNodes } from "./nodes.ts";
import { createOperations } from "./operations.ts";
import { createPools } from "./pools.ts";
import { createPositionHistory } from "./position-history.ts";
import type { ProcessingNode } from "./processing-node.ts";
import { createRecoveries } from "./recoveries.ts";
import { openSqlite } from "./sqlite/driver.ts";
import { createStalePositions } from "./stale-positions.ts";
import { createTags } from "./tags.ts";
import { createTopologySnapshots } from "./topology-snapshots.ts";

export interface StoreOptions {
	/** Path of the SQLite file, or `:memory:`. Its directory is made when missing. */
	readonly file: string;
	/** Reads only: nothing is created or upgraded, and every change fails. */
	readonly readOnly?: boolean;
	/** Told about upgrades, in one line. */
	readonly log?: (message: string) => void;
	/** Who this process is, for the rows that say who registered them. */
	readonly node?: ProcessingNode;
	/** Milliseconds since the epoch, where a call does not say its own time. */
	readonly clock?: () => number;
}

const createStore = (
	driver: StoreDriver,
	node: ProcessingNode,
	clock: () => number,
): Store => ({
	inventory: createInventory(driver),
	clusters: createClusters(driver, clock),
	operations: createOperations(driver),
	detections: createDetections(driver, node, clock),
	recoveries: createRecoveries(driver, node, clock),
	downtimes: createDowntimes(driver),
	candidates: createCandidates(driver),
	fences: createFences(driver),
	audit: createAuditLog(driver),
	keyValues: createKeyValues(driver),
	nodes: createNodes(driver),
	tags: createTags(driver),
	pools: createPools(driver),
	hostnames: createHostnames(driver),
	hostAttributes: createHostAttributes(driver),
	maintenances: createMaintenances(driver, node),
	topologySnapshots: createTopologySnapshots(driver),
	changelog: createChangelog(driver),
	stalePositions: createStalePositions(driver),
	positionHistory: createPositionHistory(driver),
	accessTokens: createAccessTokens(driver),
	check: (nowMs) => checkStore(driver, nowMs),
	description: driver.description,
	close: () => driver.close(),
});

/**
 * Opens the store, and brings it to this program's version first. A file of the reference's schema is taken over as it is.
 * @throws BatonError StoreUnavailable when it cannot be opened, StoreVersion when a newer program wrote it
 */
export const openStore = async (options: StoreOptions): Promise<Store> => {
	const driver = openSqlite({
		file: options.file,
		readOnly: options.readOnly ?? false,
		log: options.log ?? (() => undefined),
	});
	return createStore(
		driver,
		options.node ?? { hostname: "", token: "" },
		options.clock ?? Date.now,
	);
};
