import manifest from "../../package.json" with { type: "json" };
import { createAliases } from "./aliases/aliases.ts";
import { createClusters } from "./clusters/clusters.ts";
import { createRoles } from "./clusters/roles.ts";
import type { OwnRecords, Store } from "./contract.ts";
import type { StoreDriver } from "./driver.ts";
import { createAuditLog } from "./history/audit-log.ts";
import { createChangelog } from "./history/changelog.ts";
import { createEquivalences } from "./history/equivalences.ts";
import { createPositionHistory } from "./history/position-history.ts";
import { createStalePositions } from "./history/stale-positions.ts";
import { createTopologySnapshots } from "./history/topology-snapshots.ts";
import { createInventory } from "./inventory/inventory.ts";
import { createKeyValues } from "./key-values.ts";
import { createCandidates } from "./naming/candidates.ts";
import { createHostAttributes } from "./naming/host-attributes.ts";
import { createHostnames } from "./naming/hostnames.ts";
import { createPools } from "./naming/pools.ts";
import { createTags } from "./naming/tags.ts";
import { createTlsNeeds } from "./naming/tls-needs.ts";
import { createAccessTokens } from "./nodes/access-tokens.ts";
import type { UpgradeOptions } from "./nodes/deployment.ts";
import { checkStore } from "./nodes/health-check.ts";
import { createNodes } from "./nodes/nodes.ts";
import type { ProcessingNode } from "./nodes/processing-node.ts";
import { createDowntimes } from "./operations/downtimes.ts";
import { createUnderEpoch } from "./operations/epoch.ts";
import { createMaintenances } from "./operations/maintenances.ts";
import { createOperations } from "./operations/operations.ts";
import { createDetections } from "./recovery/detections.ts";
import { createFences } from "./recovery/fences.ts";
import { createRecoveries } from "./recovery/recoveries.ts";
import { createRollings } from "./rollings.ts";
import { TABLES } from "./schema/tables.ts";
import type { StoreOptions } from "./store-options.ts";
import { createTentatively } from "./tentatively.ts";

/** As which version of the store's user this program is recorded in it. */
const PROGRAM = `baton ${manifest.version}`;

/** Only the driver in use is loaded: a command must answer in a fraction of a second. */
const openDriver = async (
	options: StoreOptions,
	force: boolean,
): Promise<StoreDriver> => {
	const upgrade: UpgradeOptions = {
		program: PROGRAM,
		readOnly: options.readOnly ?? false,
		skipUpdate: options.skipUpdate ?? false,
		refuseOtherDeployment: options.refuseOtherDeployment ?? false,
		force,
		log: options.log ?? (() => undefined),
	};
	if (options.mysql !== undefined) {
		const { openMysql } = await import("./mysql/driver.ts");
		return openMysql(options.mysql, upgrade);
	}
	const { openSqlite } = await import("./sqlite/driver.ts");
	return openSqlite(options.file, upgrade);
};

const ownRecords = (
	driver: StoreDriver,
	node: ProcessingNode,
	clock: () => number,
): OwnRecords => ({
	detections: createDetections(driver, node, clock),
	downtimes: createDowntimes(driver),
	fences: createFences(driver),
	recoveries: createRecoveries(driver, node, clock),
});

const createStore = (
	driver: StoreDriver,
	node: ProcessingNode,
	clock: () => number,
): Store => ({
	...ownRecords(driver, node, clock),
	inventory: createInventory(driver, clock),
	clusters: createClusters(driver, clock),
	roles: createRoles(driver),
	operations: createOperations(driver),
	candidates: createCandidates(driver),
	audit: createAuditLog(driver),
	keyValues: createKeyValues(driver),
	nodes: createNodes(driver),
	rollings: createRollings(driver),
	aliases: createAliases(driver),
	tags: createTags(driver),
	pools: createPools(driver),
	hostnames: createHostnames(driver),
	hostAttributes: createHostAttributes(driver),
	tlsNeeds: createTlsNeeds(driver),
	maintenances: createMaintenances(driver, node),
	topologySnapshots: createTopologySnapshots(driver),
	changelog: createChangelog(driver),
	stalePositions: createStalePositions(driver),
	positionHistory: createPositionHistory(driver),
	equivalences: createEquivalences(driver),
	accessTokens: createAccessTokens(driver),
	underEpoch: createUnderEpoch(driver, (within) =>
		ownRecords(within, node, clock),
	),
	tentatively: createTentatively(driver, (within) =>
		createStore(within, node, clock),
	),
	check: (nowMs) => checkStore(driver, nowMs),
	description: driver.description,
	close: () => driver.close(),
});

/**
 * Opens the store, and brings it to this program's version first. A store of the reference's schema is taken over as it is.
 * @throws BatonError StoreUnavailable when it cannot be opened, StoreVersion when another program's version stands against it
 */
export const openStore = async (options: StoreOptions): Promise<Store> =>
	createStore(
		await openDriver(options, false),
		options.node ?? { hostname: "", token: "" },
		options.clock ?? Date.now,
	);

/**
 * The tables and columns that {@link redeployStore} would add; nothing is changed.
 * @throws BatonError StoreUnavailable, StoreVersion when another program's version stands against it
 */
export const lackingInStore = async (
	options: StoreOptions,
): Promise<readonly string[]> => {
	const driver = await openDriver({ ...options, readOnly: true }, false);
	try {
		const found = await driver.queries.introspection.getTables();
		const columnsOf = new Map(
			found.map(({ name, columns }) => [
				name,
				new Set(columns.map((each) => each.name.toLowerCase())),
			]),
		);
		return TABLES.flatMap(({ name, columns }) => {
			const present = columnsOf.get(name);
			if (present === undefined) return [`table ${name}`];
			return Object.keys(columns)
				.filter((column) => !present.has(column))
				.map((column) => `column ${column} of ${name}`);
		});
	} finally {
		await driver.close();
	}
};

/**
 * Compares every table with its definition and adds what is missing, whatever the store's version says and whether or not the
 * configuration lets updates happen by themselves.
 * @throws BatonError StoreUnavailable, StoreVersion when a newer program wrote it
 */
export const redeployStore = async (options: StoreOptions): Promise<void> => {
	const driver = await openDriver({ ...options, readOnly: false }, true);
	await driver.close();
};
