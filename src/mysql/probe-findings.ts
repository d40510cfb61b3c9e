import type { ProbeFinding } from "../topology/check.ts";
import { familyOf, unreadable } from "../topology/gtid/gtid.ts";
import type { Instance } from "../topology/instance.ts";
import type { SemiSync } from "../topology/semi-sync.ts";
import type { Answer, Row } from "./answer.ts";
import { textOf } from "./cell.ts";
import type { readConfigured } from "./configured-queries.ts";
import { ServerFault } from "./driver-error.ts";
import type { ProbeSettings } from "./probe-settings.ts";

/** The parts of a poll, and what is not known when one of them is refused. */
const PARTS = {
	identity: "identity",
	replicaStatus: "replication",
	variables: "semi-sync",
	binaryLog: "binary log",
	status: "semi-sync",
	heartbeats: "heartbeat",
	groupMembers: "replication group",
	replicas: "replicas",
	dumps: "replicas",
	workerErrors: "errors of parallel appliers",
	ndb: "replicas",
} as const;

export type PartName = keyof typeof PARTS;

/** Refusals by the error number (1142, 1143, 1227, 1044, 1370 …) that say what to grant. */
const isDenial = (fault: ServerFault): boolean =>
	[1044, 1142, 1143, 1227, 1370].includes(fault.errno);

/**
 * The parts that the server refused.
 * @param known what the account's grants have shown to be missing
 */
export const refusals = (
	parts: Readonly<Partial<Record<PartName, Answer>>>,
	known: readonly ProbeFinding[],
): ProbeFinding[] =>
	(Object.keys(PARTS) as PartName[]).flatMap((part) => {
		const fault = parts[part];
		const about = PARTS[part];
		if (!(fault instanceof ServerFault)) return [];
		// What is missing for it has been named by the account's grants already.
		if (isDenial(fault) && known.some((each) => each.about === about))
			return [];
		const privilege = isDenial(fault)
			? (/\b([A-Z][A-Z_ ]+?) privilege/.exec(fault.message)?.[1]?.trim() ??
				/^([A-Z]+) command denied/.exec(fault.message)?.[1] ??
				"")
			: "";
		return [
			{
				about,
				privilege,
				says: `the server refuses to tell of ${about} (${fault.message.slice(0, 300)})`,
			},
		];
	});

/** Where the server stands and what it is called: by query, else by the patterns on its host. */
export const placeOf = (
	settings: ProbeSettings,
	host: string,
	asked: ReturnType<typeof readConfigured>,
) => {
	const findings: ProbeFinding[] = [];
	const matched = (name: "dataCenter" | "region" | "environment"): string => {
		const { key, pattern } = settings[name];
		const match = pattern?.exec(host);
		if (match && match.length < 2)
			findings.push({
				about: name === "dataCenter" ? "data centre" : name,
				privilege: "",
				says: `${key} matches ${host} but has no group, so it tells nothing: put what it shall tell in parentheses`,
			});
		return match?.[1] ?? "";
	};
	return {
		place: {
			dataCenter: asked.dataCenter ?? matched("dataCenter"),
			region: asked.region ?? matched("region"),
			environment: asked.environment ?? matched("environment"),
			instanceAlias: asked.instanceAlias ?? "",
			promotionRule: asked.promotionRule,
			suggestedClusterAlias: asked.alias ?? "",
			usingPseudoGtid: asked.usingPseudoGtid,
		},
		findings,
	};
};

export const noPerformanceSchema = (identity: Row): ProbeFinding[] =>
	textOf(identity, "performance_schema") === "0"
		? [
				{
					about: "performance_schema",
					privilege: "",
					says: "performance_schema is OFF: replicas cannot be found by the process list there; set performance_schema=ON",
				},
			]
		: [];

/** Longer sets are told by real servers; reading them at each poll would cost more than the poll. Characters. */
const CHECKED_GTID = 4_096;

/** What the server tells as GTIDs, and nobody can read. */
export const unreadableGtids = (
	instance: Pick<
		Instance,
		"flavor" | "executedGtid" | "purgedGtid" | "replication"
	>,
): ProbeFinding[] =>
	[
		["executed", instance.executedGtid] as const,
		["purged", instance.purgedGtid] as const,
		["received", instance.replication.retrievedGtid] as const,
	].flatMap(([what, text]) => {
		const why =
			text.length > CHECKED_GTID ? "" : unreadable(familyOf(instance), text);
		return why === ""
			? []
			: [
					{
						about: "GTIDs",
						privilege: "",
						says: `what it tells as ${what} GTIDs cannot be read (${why.slice(0, 200)}): it is compared with nobody, and no operation goes by it`,
					},
				];
	});

export const noSemiSync = ({
	available,
	priority,
}: SemiSync): ProbeFinding[] =>
	available || priority === 0
		? []
		: [
				{
					about: "semi-sync",
					privilege: "",
					says: `DetectSemiSyncEnforcedQuery gives priority ${priority}, but the semi-sync plugins of both sides are not loaded: install them`,
				},
			];
