import type {
	DetectionRecord,
	RecoveryRecord,
} from "../../../store/contract.ts";
import type { AnalysisChange } from "../../../store/history/contract.ts";
import { isPlanned } from "../../../store/recovery/planned.ts";
import { utc, wrapped } from "./layout.ts";
import type { WhySubject } from "./subject.ts";

const lines = (heading: string, texts: readonly string[]): string[] => [
	...(texts.length === 0 ? [] : [heading]),
	...texts.flatMap((text) => wrapped(text, "  ", "    ")),
];

const detectionText = (each: DetectionRecord): string =>
	`${utc(each.startedAtMs)} ${each.analysis} on ${each.instance}${each.isActive ? "" : " (over)"}: ${each.verdict || "no verdict recorded"}`;

const outcomeOf = (each: RecoveryRecord): string => {
	if (each.endedAtMs === 0) return "still runs";
	const promoted = each.successor === "" ? "" : `, ${each.successor} promoted`;
	return each.isSuccessful
		? `succeeded${promoted}`
		: `failed${promoted}: ${each.errors[0] ?? "no error recorded"}`;
};

const recoveryText = (each: RecoveryRecord): string =>
	isPlanned(each)
		? `${utc(each.startedAtMs)} planned takeover ${each.id} of ${each.instance} ${outcomeOf(each)}`
		: `${utc(each.startedAtMs)} recovery ${each.id} of ${each.instance} (${each.analysis}) ${outcomeOf(each)}; ${each.acknowledged ? `acknowledged by ${each.acknowledgedBy}` : "not acknowledged"}`;

const changeText = (each: AnalysisChange): string =>
	`${utc(each.atMs)} ${each.instance} became ${each.analysis}`;

/** What was seen and done before, newest first. */
export const history = (subject: WhySubject): string[] => {
	const all = [
		...lines("last detections:", subject.detections.map(detectionText)),
		...lines("last recoveries:", subject.recoveries.map(recoveryText)),
		...lines("last changes of analysis:", subject.changes.map(changeText)),
	];
	return all.length === 0
		? ["no detection, recovery or change of analysis is recorded"]
		: all;
};
