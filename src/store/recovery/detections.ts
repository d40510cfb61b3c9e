import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import type { DetectionRecord, Detections } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { purgeDetections } from "../history/purge-records.ts";
import type { StoredRow } from "../inventory/row-instance.ts";
import type { ProcessingNode } from "../nodes/processing-node.ts";
import {
	flag,
	flagCell,
	numberCell,
	preciseTime,
	textCell,
	timeText,
} from "../rows/cell.ts";
import { nameOf, namesFromText } from "../rows/name-list.ts";
import { PAGE_ROWS, pageOffset } from "../rows/paging.ts";
import { begunPeriod, endActivePeriods } from "./active-period.ts";

type Registration = Parameters<Detections["register"]>[0];

const detectionRows = (queries: Queries) =>
	queries
		.selectFrom("topology_failure_detection as d")
		.leftJoin("baton_detection as b", "b.detection_id", "d.detection_id")
		.selectAll("d")
		.select(["b.started_ms", "b.verdict"])
		.select((eb) =>
			eb
				.selectFrom("topology_recovery as r")
				.whereRef("r.last_detection_id", "=", "d.detection_id")
				.select((inner) => inner.fn.max("r.recovery_id").as("id"))
				.as("related_recovery_id"),
		);

const detectionOf = (row: StoredRow): DetectionRecord => ({
	id: numberCell(row.detection_id),
	instance: nameOf(row.hostname, row.port) ?? "",
	analysis: textCell(row.analysis),
	clusterName: textCell(row.cluster_name),
	clusterAlias: textCell(row.cluster_alias),
	countReplicas: numberCell(row.count_affected_slaves),
	replicas: namesFromText(row.slave_hosts),
	isActionable: flagCell(row.is_actionable),
	startedAtMs: preciseTime(row.start_active_period, row.started_ms),
	isActive: flagCell(row.in_active_period),
	processingNode: textCell(row.processing_node_hostname),
	processingToken: textCell(row.processcing_node_token),
	relatedRecoveryId: numberCell(row.related_recovery_id),
	verdict: textCell(row.verdict),
});

/** The detection that the reference's unique key would make this one a repetition of, whatever its code. */
const activeId = async (
	queries: Queries,
	instance: InstanceName,
	isActionable: boolean,
): Promise<number | undefined> => {
	const { host, port } = splitName(instance);
	const row = await queries
		.selectFrom("topology_failure_detection")
		.select("detection_id")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.where("in_active_period", "=", 1)
		.where("is_actionable", "=", flag(isActionable))
		.executeTakeFirst();
	return row?.detection_id;
};

const insert = async (
	queries: Queries,
	input: Registration,
	node: ProcessingNode,
): Promise<number> => {
	const inserted = await queries
		.insertInto("topology_failure_detection")
		.values({
			...begunPeriod(input, node),
			is_actionable: flag(input.isActionable),
		})
		.executeTakeFirstOrThrow();
	return Number(inserted.insertId);
};

const register = async (
	driver: StoreDriver,
	queries: Queries,
	input: Registration,
	node: ProcessingNode,
): ReturnType<Detections["register"]> => {
	const active = await activeId(queries, input.instance, input.isActionable);
	if (active !== undefined) return { id: active, isNew: false };
	const id = await insert(queries, input, node);
	await driver.upsert(queries, "baton_detection", ["detection_id"], {
		detection_id: id,
		started_ms: input.nowMs,
		verdict: "",
	});
	return { id, isNew: true };
};

const setVerdict = async (
	driver: StoreDriver,
	queries: Queries,
	id: number,
	verdict: string,
): Promise<void> => {
	const changed = await queries
		.updateTable("baton_detection")
		.set({ verdict })
		.where("detection_id", "=", id)
		.executeTakeFirst();
	if (changed.numUpdatedRows > 0n) return;
	// A detection that another program registered.
	await driver.upsert(queries, "baton_detection", ["detection_id"], {
		detection_id: id,
		started_ms: 0,
		verdict,
	});
};

const page = async (
	queries: Queries,
	input: Parameters<Detections["page"]>[0],
): Promise<DetectionRecord[]> => {
	let rows = detectionRows(queries);
	if (input.id !== undefined)
		rows = rows.where("d.detection_id", "=", input.id);
	if (input.clusterAlias !== undefined)
		rows = rows.where("d.cluster_alias", "=", input.clusterAlias);
	const { ofCluster } = input;
	if (ofCluster !== undefined)
		rows = rows.where((where) =>
			where.or([
				where("d.cluster_alias", "=", ofCluster.clusterAlias),
				...ofCluster.instances
					.map(splitName)
					.map(({ host, port }) =>
						where.and([
							where("d.hostname", "=", host),
							where("d.port", "=", port),
						]),
					),
			]),
		);
	const found = await rows
		.orderBy("d.detection_id", "desc")
		.limit(PAGE_ROWS)
		.offset(pageOffset(input.page))
		.execute();
	return found.map(detectionOf);
};

export const createDetections = (
	driver: StoreDriver,
	node: ProcessingNode,
	clock: () => number,
): Detections => ({
	register: async (input) => {
		// A standing failure is registered again with every round: that needs no write.
		const active = await activeId(
			driver.queries,
			input.instance,
			input.isActionable,
		);
		if (active !== undefined) return { id: active, isNew: false };
		return driver.write((queries) => register(driver, queries, input, node));
	},
	setVerdict: (id, verdict) =>
		driver.write((queries) => setVerdict(driver, queries, id, verdict)),
	expire: (startedBeforeMs) =>
		endActivePeriods(driver, "topology_failure_detection", clock(), (rows) =>
			rows.where("start_active_period", "<", timeText(startedBeforeMs)),
		),
	endFor: (instance) => {
		const { host, port } = splitName(instance);
		return endActivePeriods(
			driver,
			"topology_failure_detection",
			clock(),
			(rows) => rows.where("hostname", "=", host).where("port", "=", port),
		);
	},
	page: (input) => page(driver.queries, input),
	purge: (startedBeforeMs) =>
		driver.write((queries) => purgeDetections(queries, startedBeforeMs)),
});
