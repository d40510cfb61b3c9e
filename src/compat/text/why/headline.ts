import type { AnalysisEntry } from "../../../analysis/analysis.ts";
import { PARTS_IN_WORDS } from "../../../rolling/text.ts";
import { type Instance, isLastCheckValid } from "../../../topology/instance.ts";
import { primariesOf } from "../../../topology/primary.ts";
import type { RoleWord } from "../../../topology/role.ts";
import { isRecentlyChecked } from "../../../topology/status.ts";
import { unknownReplicas } from "../../../topology/unknown-replicas.ts";
import {
	counted,
	duration,
	field,
	fields,
	listOf,
	shortened,
	utc,
} from "./layout.ts";
import type { Prospect, WhySubject } from "./subject.ts";

const instancesOf = (subject: WhySubject): Instance[] =>
	subject.entries.map((each) => each.facts.instance);

/** Entries with a finding of their own, primaries first, then by number of replicas. */
const findingsOf = (subject: WhySubject): AnalysisEntry[] =>
	subject.entries
		.filter((each) => each.code !== "NoProblem")
		.toSorted(
			(a, b) =>
				Number(b.facts.isPrimary) - Number(a.facts.isPrimary) ||
				b.facts.count - a.facts.count,
		);

/** How old what is known is: from the youngest check to the oldest. Empty for none. */
const ageOfChecks = (subject: WhySubject): string => {
	const ages = instancesOf(subject)
		.filter((each) => each.check.checkedAtMs > 0)
		.map((each) => subject.limits.nowMs - each.check.checkedAtMs);
	if (ages.length === 0) return "";
	const [youngest, oldest] = [Math.min(...ages), Math.max(...ages)].map(
		duration,
	);
	return youngest === oldest ? `${youngest}` : `${youngest} to ${oldest}`;
};

/** What weighs most, in a few words. */
const summaryOf = (subject: WhySubject): string => {
	const [first, ...more] = findingsOf(subject);
	if (first !== undefined)
		return more.length === 0
			? `${first.code} on ${first.instance}`
			: `${first.code} on ${first.instance}, and ${counted(more.length, "more finding")}`;
	const instances = instancesOf(subject);
	const old = instances.filter(
		(each) => !isRecentlyChecked(each, subject.limits),
	).length;
	const unseen = instances.filter((each) => !isLastCheckValid(each)).length;
	const blind = instances.filter(({ findings }) =>
		findings.some((each) => !each.isWarning),
	).length;
	const warned = instances.filter(({ findings }) =>
		findings.some((each) => each.isWarning),
	).length;
	const warnings = subject.entries.reduce(
		(sum, each) => sum + each.structure.length,
		0,
	);
	const but = listOf([
		old > 0 && subject.nodes.length > 0 && `${old} not checked lately`,
		unseen > 0 && `${unseen} not seen at the last check`,
		warned > 0 && `${warned} with a warning`,
		blind > 0 && `${blind} not fully looked at`,
		warnings > 0 && counted(warnings, "structure warning"),
	]);
	return but === "" ? "no problem" : `no finding, but ${but}`;
};

/** Nobody watches: whatever is said above is as old as the last look of somebody who did. */
const nobodyWatches = (subject: WhySubject): string => {
	if (subject.nodes.length > 0) return "";
	const age = ageOfChecks(subject);
	return age === ""
		? "; no node runs, and no server was ever looked at"
		: `; no node runs, and what is known is ${age} old`;
};

const freshness = (subject: WhySubject): string => {
	const instances = instancesOf(subject);
	const checked = instances.filter((each) => each.check.checkedAtMs > 0);
	const age = ageOfChecks(subject);
	const failed = checked.filter((each) => !isLastCheckValid(each));
	return listOf([
		age !== "" && `the last checks are ${age} old`,
		checked.length < instances.length &&
			`${instances.length - checked.length} never checked`,
		failed.length > 0 && `failed: ${failed.map((each) => each.name).join(" ")}`,
	]);
};

const primaryText = (subject: WhySubject): string => {
	const primaries = primariesOf(
		instancesOf(subject),
		subject.cluster.clusterName,
	);
	if (primaries.length === 0)
		return `none is known by the name ${subject.cluster.clusterName}`;
	return primaries
		.map(
			(each) =>
				`${each.name}, ${each.readOnly ? "read-only" : "writable"}${isLastCheckValid(each) ? "" : ", not seen at the last check"}`,
		)
		.join("; ");
};

const WORDS: Readonly<Record<RoleWord, string>> = {
	met: "as it was first met",
	operation: "by an operation that opened it",
	person: "by a person's word",
	servers: "by what was done on the servers",
};

/** Names, key-value entries and fences go by it. */
const recordText = ({ cluster: { role }, limits }: WhySubject): string =>
	role === undefined
		? "nobody yet: it is written when one server is seen to be the primary, or with adopt"
		: `${role.primary}, ${WORDS[role.word]}, for ${duration(limits.nowMs - role.sinceMs)}`;

/** That a failover would start is not said alone where it could promote nobody, nor that it is held up. */
const prospectText = ({ verdict, outlook }: Prospect): string => {
	const refusal = outlook?.refusal ?? "";
	if (!verdict.act)
		return `would NOT start: ${verdict.says}${refusal === "" ? "" : `; and it could promote nobody: ${refusal}`}`;
	return refusal === ""
		? `would start: ${verdict.says}`
		: `would start, but could promote nobody: ${refusal}`;
};

const recoveryTexts = (subject: WhySubject): string[] =>
	subject.prospects.map((each) => {
		const when =
			each.analysis === ""
				? `if ${each.instance} died now, a failover`
				: `of ${each.instance} (${each.analysis})`;
		return `${when} ${prospectText(each)}`;
	});

const nodesText = (subject: WhySubject): string =>
	subject.nodes.length === 0
		? "NO node tells of itself: nobody watches, and nothing is recovered by itself; start one with `http`"
		: subject.nodes
				.map(
					(each) =>
						`${each.hostname} (${each.command}, ${duration(subject.limits.nowMs - each.lastSeenMs)} ago)`,
				)
				.join(", ");

const temporalText = ({ temporal }: WhySubject): string => {
	if (temporal === undefined)
		return "not asked: none is configured, and this machine knows of no embedded one";
	return temporal.trouble === ""
		? `answers at ${temporal.address}`
		: `does NOT answer at ${temporal.address}: ${temporal.trouble}`;
};

/** What the prospects and the privileges go by, and how old that is where no server told it just now. */
const lookedText = ({ looked, limits }: WhySubject): string => {
	const { answered, unanswered } = looked;
	const known = unanswered.map(
		({ instance, seenAtMs, error }) =>
			`${instance} ${seenAtMs === 0 ? "is not known" : `as of ${duration(limits.nowMs - seenAtMs)} ago`} (${shortened(error) || "no answer"})`,
	);
	return listOf([
		answered > 0 &&
			`${counted(answered, "server")} answered just now: privileges and prospects go by that`,
		known.length > 0 &&
			`what is said of the others may be outdated, their privileges by a minute more: ${known.join(", ")}`,
	]);
};

const operationText = ({ operation, limits }: WhySubject): string =>
	operation === undefined
		? "none holds the cluster"
		: `${operation.kind} has held the cluster for ${duration(limits.nowMs - operation.startedAtMs)}: workflow ${operation.workflowId}, epoch ${operation.epoch}`;

/** Where a rolling maintenance stands, and each of its servers. */
const rollingTexts = ({ rolling, limits }: WhySubject): string[] => {
	if (rolling === undefined) return [];
	const ago = (ms: number) => duration(limits.nowMs - ms);
	const { phase, says, reason, current } = rolling;
	const skipped = rolling.done.filter((each) => each.isSkipped);
	const names = (servers: readonly { readonly server: string }[]) =>
		servers.map(({ server }) => server).join(", ");
	const done = names(rolling.done.filter((each) => !each.isSkipped));
	const toCome = rolling.toCome.filter((each) => each !== current?.server);
	return [
		`rolling, ${phase} for ${ago(rolling.saysSinceMs)}${says === "" ? "" : `: ${says}`}`,
		`begun by ${rolling.requestedBy} ${ago(rolling.beganAtMs)} ago${reason === "" ? "" : `: ${reason}`}`,
		current === null
			? ""
			: `${current.server} has had its turn for ${ago(current.sinceMs)}: ${PARTS_IN_WORDS[current.part]}`,
		done === "" ? "" : `done: ${done}`,
		skipped.length === 0 ? "" : `skipped: ${names(skipped)}`,
		toCome.length === 0 ? "" : `to come: ${toCome.join(", ")}`,
	];
};

const titleOf = ({ cluster }: WhySubject): string =>
	cluster.alias === "" || cluster.alias === cluster.clusterName
		? cluster.clusterName
		: `${cluster.alias} (${cluster.clusterName})`;

/** The cluster as a whole: what is wrong, whether it is being acted on, and what all this rests on. */
export const headline = (subject: WhySubject): string[] => {
	const { cluster, limits } = subject;
	return [
		`${titleOf(subject)}: ${summaryOf(subject)}${nobodyWatches(subject)}; ${counted(subject.entries.length, "instance")}`,
		...field("primary", primaryText(subject)),
		...field("on record", recordText(subject)),
		...field(
			"as of",
			`${utc(limits.nowMs)}, from the store; checks are due every ${limits.pollSeconds} s`,
		),
		...field("looked", lookedText(subject)),
		...field("checks", freshness(subject)),
		...fields(
			"findings",
			findingsOf(subject).map((each) => `${each.code}: ${each.says}`),
		),
		...fields(
			"not known",
			unknownReplicas(instancesOf(subject), subject.cluster.role),
		),
		...field(
			"recoveries",
			subject.globallyDisabled
				? "DISABLED everywhere; enable-global-recoveries ends that"
				: "",
		),
		...fields("recovery", recoveryTexts(subject)),
		...field("operation", operationText(subject)),
		...fields("maintenance", rollingTexts(subject)),
		...field("nodes", nodesText(subject)),
		...field("Temporal", temporalText(subject)),
		...fields(
			"fences",
			subject.fences.map(
				(each) =>
					`${each.instance} was replaced by ${each.successor} ${duration(limits.nowMs - each.sinceMs)} ago, ${each.state}${each.note === "" ? "" : `: ${each.note}`}`,
			),
		),
		...field(
			"cluster",
			listOf([
				`identity ${cluster.identity}`,
				`epoch ${cluster.epoch}`,
				cluster.domain !== "" && `domain ${cluster.domain}`,
			]),
		),
	];
};
