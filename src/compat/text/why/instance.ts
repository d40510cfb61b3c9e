import type { AnalysisEntry } from "../../../analysis/analysis.ts";
import type { Facts } from "../../../analysis/facts.ts";
import { STRUCTURE } from "../../../analysis/structure.ts";
import type { ProbeFinding, ProbeOutcome } from "../../../topology/check.ts";
import {
	type Instance,
	isDetached,
	isLastCheckValid,
} from "../../../topology/instance.ts";
import {
	compareNames,
	type InstanceName,
} from "../../../topology/instance-name.ts";
import { isRecentlyChecked, problemsOf } from "../../../topology/status.ts";
import { tagText } from "../../../topology/tag-expression.ts";
import { duration, field, fields, listOf, shortened, utc } from "./layout.ts";
import { gtidTexts, replicationTexts, semiSyncTexts } from "./replication.ts";
import type { WhySubject } from "./subject.ts";

const OUTCOMES: Readonly<Record<ProbeOutcome, string>> = {
	unknown: "how is not recorded",
	ok: "ok",
	"connection-refused": "the host refused the connection",
	timeout: "no answer in time",
	lost: "the connection broke",
	"refused-by-server": "mysqld answered and refused us, so it lives",
	"own-fault":
		"our own side could not look, which says nothing about the server",
};

const roleOf = ({ instance, isPrimary, isCoPrimary, count }: Facts): string => {
	if (isDetached(instance))
		return `detached from ${instance.replication.sourceHost.slice(2)}:${instance.replication.sourcePort}`;
	if (isCoPrimary) return "co-primary";
	if (isPrimary) return "primary";
	if (instance.isBinlogServer) return "binlog server";
	return count > 0 ? "intermediate source" : "replica";
};

/** How it failed. Most errors say it themselves; those that mean that the server may well live do not. */
const failureText = ({ outcome, error }: Instance["check"]): string => {
	if (error === "") return OUTCOMES[outcome];
	return outcome === "refused-by-server" || outcome === "own-fault"
		? `${OUTCOMES[outcome]}: ${shortened(error)}`
		: shortened(error);
};

/** The last finished check, good or bad, and one that hangs. */
const checkText = (instance: Instance, subject: WhySubject): string => {
	const { nowMs } = subject.limits;
	const { check } = instance;
	const hangsMs =
		check.attemptedAtMs > check.checkedAtMs ? nowMs - check.attemptedAtMs : 0;
	const hanging =
		hangsMs > 0 && `one more has been under way for ${duration(hangsMs)}`;
	if (check.checkedAtMs === 0) return listOf(["never checked", hanging]);
	const ago = `${duration(nowMs - check.checkedAtMs)} ago`;
	const old =
		!isRecentlyChecked(instance, subject.limits) && "which is long overdue";
	if (isLastCheckValid(instance))
		return listOf([`ok ${ago}, in ${duration(check.latencyMs)}`, old, hanging]);
	return listOf([
		`failed ${ago}: ${failureText(check)}`,
		check.partialSuccess && "though it got halfway",
		check.seenAtMs === 0
			? "never seen"
			: `last seen ${duration(nowMs - check.seenAtMs)} ago`,
		old,
		hanging,
	]);
};

const serverText = (instance: Instance): string =>
	instance.version === ""
		? "nothing is known of it"
		: listOf([
				`${instance.flavor === "unknown" ? "version" : instance.flavor} ${instance.version}`,
				instance.superReadOnly
					? "super-read-only"
					: instance.readOnly
						? "read-only"
						: "writable",
				instance.logBin
					? `binary log ${instance.binlogFormat}${instance.logReplicaUpdates ? "" : " without what it replicates"}`
					: "no binary log",
				`server id ${instance.serverId}`,
				instance.uptimeSeconds > 0 &&
					`up ${duration(instance.uptimeSeconds * 1000)}`,
				instance.promotionRule !== "neutral" &&
					`promotion rule ${instance.promotionRule}`,
				instance.dataCenter !== "" && `data center ${instance.dataCenter}`,
				instance.region !== "" && `region ${instance.region}`,
				instance.environment !== "" && `environment ${instance.environment}`,
			]);

const unknownText = ({ about, says, privilege }: ProbeFinding): string =>
	`${about}: ${says}${privilege === "" || says.includes(privilege) ? "" : ` (missing privilege: ${privilege})`}`;

const absenceTexts = (
	entry: AnalysisEntry,
	{ downtimes, maintenances, limits }: WhySubject,
): string[] => {
	const of = <T extends { readonly instance: string }>(all: readonly T[]) =>
		all.filter((each) => each.instance === entry.instance);
	const until = (endsAtMs: number) =>
		endsAtMs === 0
			? "without an end"
			: `until ${utc(endsAtMs)}, ${duration(endsAtMs - limits.nowMs)} more`;
	return [
		...of(downtimes).map(
			(each) =>
				`downtimed ${until(each.endsAtMs)}, by ${each.owner}: ${each.reason}`,
		),
		...of(maintenances).map(
			(each) =>
				`under maintenance ${until(each.endsAtMs)}, by ${each.owner}: ${each.reason}`,
		),
	];
};

const furtherOf = (
	{ instance }: AnalysisEntry,
	{ aliases }: WhySubject,
): InstanceName[] =>
	[...aliases]
		.flatMap(([alias, name]) => (name === instance ? [alias] : []))
		.toSorted(compareNames);

/** One instance: what it is, what is wrong with it, and how old that knowledge is. */
export const instanceDetails = (
	entry: AnalysisEntry,
	subject: WhySubject,
): string[] => {
	const { instance } = entry.facts;
	const { group } = instance;
	const tags = subject.tags.filter((each) => each.instance === entry.instance);
	return [
		`${instance.name}${instance.instanceAlias === "" ? "" : ` (${instance.instanceAlias})`}, ${roleOf(entry.facts)}`,
		...field("also at", furtherOf(entry, subject).join(", ")),
		...field(
			"finding",
			entry.code === "NoProblem" ? "none" : `${entry.code}: ${entry.says}`,
		),
		...field("problems", problemsOf(instance, subject.limits).join(", ")),
		...fields(
			"structure",
			entry.structure.map(
				(code) =>
					`${code}: ${STRUCTURE.find((row) => row.code === code)?.says ?? ""}`,
			),
		),
		...fields(
			"warning",
			instance.findings.filter((each) => each.isWarning).map(unknownText),
		),
		...fields(
			"not known",
			instance.findings.filter((each) => !each.isWarning).map(unknownText),
		),
		...fields("set aside", absenceTexts(entry, subject)),
		...field("checked", checkText(instance, subject)),
		...field(
			isLastCheckValid(instance) || instance.version === ""
				? "server"
				: "when seen",
			serverText(instance),
		),
		...fields("replicates", replicationTexts(instance)),
		...fields("gtid", gtidTexts(instance)),
		...fields("semi-sync", semiSyncTexts(instance)),
		...field(
			"group",
			group.name === ""
				? ""
				: `${group.name}, ${group.memberRole} ${group.memberState}, members ${group.members.join(" ")}`,
		),
		...field("tags", tags.map(tagText).join(", ")),
	];
};
