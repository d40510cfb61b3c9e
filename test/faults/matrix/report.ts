// What a matrix found, as text. Pure.

import { caseText, FAULTS, type FaultKind } from "./cases.ts";
import { knownAs } from "./known.ts";
import type { CaseReport } from "./run-case.ts";

export interface LayoutReport {
	readonly operation: string;
	readonly flavor: string;
	readonly reports: readonly CaseReport[];
}

type Count = "sound" | "known" | "unsound" | "missed";

const countOf = ({ verdicts, story, isReached }: CaseReport): Count => {
	if (verdicts.length === 0) return isReached ? "sound" : "missed";
	return verdicts.every((each) => knownAs(each, story) !== undefined)
		? "known"
		: "unsound";
};

const CONTROL = "no fault";

const columns: readonly (FaultKind | typeof CONTROL)[] = [CONTROL, ...FAULTS];

const cell = (reports: readonly CaseReport[]): string => {
	const count = (which: Count) =>
		reports.filter((each) => countOf(each) === which).length;
	const [sound, known, unsound, missed] = [
		count("sound"),
		count("known"),
		count("unsound"),
		count("missed"),
	];
	if (reports.length === 0) return "-";
	return [
		`${sound}`,
		...(known > 0 ? [`${known} known`] : []),
		...(unsound > 0 ? [`${unsound} UNSOUND`] : []),
		...(missed > 0 ? [`${missed} missed`] : []),
	].join(", ");
};

const minutesOf = (reports: readonly CaseReport[]): string =>
	(reports.reduce((sum, { ms }) => sum + ms, 0) / 60_000).toFixed(1);

const padded = (rows: readonly (readonly string[])[]): string => {
	const widths = (rows[0] ?? []).map((_, at) =>
		Math.max(...rows.map((row) => row[at]?.length ?? 0)),
	);
	return rows
		.map((row) =>
			row
				.map((text, at) => text.padEnd(widths[at] ?? 0))
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
};

/** A row an operation and flavour, a column a fault: how many were sound, unsound by a fault that is known, unsound, or did not come to their point; and how long they took. */
export const tableOf = (layouts: readonly LayoutReport[]): string =>
	padded([
		["operation", "flavour", ...columns, "minutes"],
		...layouts.map(({ operation, flavor, reports }) => [
			operation,
			flavor,
			...columns.map((column) =>
				cell(
					reports.filter((each) => (each.case?.fault ?? CONTROL) === column),
				),
			),
			minutesOf(reports),
		]),
	]);

/** One failure in full, and one that did not come to its point; a line for a sound one, unless its story is wanted. */
export const linesOf = (
	report: CaseReport,
	withStory = false,
): readonly string[] => {
	const what = report.case === undefined ? CONTROL : caseText(report.case);
	const head = `${countOf(report).padEnd(7)} ${(report.ms / 1000).toFixed(1).padStart(5)} s  ${what}`;
	return report.verdicts.length === 0 && report.isReached && !withStory
		? [head]
		: [
				head,
				...report.verdicts.map((each) => `    ! ${each}`),
				...report.story.map((each) => `      ${each}`),
			];
};

export const isUnsound = (report: CaseReport): boolean =>
	countOf(report) === "unsound";
