import type { Finding } from "../src/analysis/finding.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { inMarkdown } from "../temporal/markdown.ts";

/** What an entity shows of itself. */
export interface EntityShown {
	/** Of the cluster; empty where none is known. */
	readonly alias: string;
	readonly running:
		| Readonly<{
				/** One line about its request. */
				line: string;
				sinceMs: number;
				/** What it waits for where it has come no further for long; else empty. */
				overdue: string;
		  }>
		| undefined;
	readonly last:
		| Readonly<{
				kind: string;
				says: string;
				endedAtMs: number;
		  }>
		| undefined;
	readonly findings: readonly Pick<Finding, "code" | "instance" | "says">[];
	/** Why each was or was not acted on, as far as that is known. */
	readonly verdicts: ReadonlyMap<InstanceName, string>;
}

const at = (ms: number): string => new Date(ms).toISOString();

const runningLine = ({ running }: EntityShown): string => {
	if (running === undefined) return "No operation runs.";
	const { line, sinceMs, overdue } = running;
	const since = `Running: **${inMarkdown(line)}** since ${at(sinceMs)}`;
	return overdue === ""
		? since
		: `${since}. **Overdue**: ${inMarkdown(overdue)}`;
};

const findingLine = (
	{ code, instance, says }: EntityShown["findings"][number],
	verdict: string | undefined,
): string =>
	[
		`- **${inMarkdown(code)}** ${inMarkdown(instance)}: ${inMarkdown(says)}`,
		...(verdict === undefined ? [] : [inMarkdown(verdict)]),
	].join(" — ");

/** Markdown for the Temporal UI, in which nothing that came from outside is Markdown. */
export const entityDetails = (shown: EntityShown): string => {
	const { alias, last, findings, verdicts } = shown;
	return [
		...(alias === "" ? [] : [`Cluster **${inMarkdown(alias)}**.`]),
		runningLine(shown),
		...(last === undefined
			? []
			: [
					`Last: ${inMarkdown(last.kind)}, ended ${at(last.endedAtMs)}: ${inMarkdown(last.says)}`,
				]),
		findings.length === 0
			? "No finding."
			: findings
					.map((each) => findingLine(each, verdicts.get(each.instance)))
					.join("\n"),
	].join("\n\n");
};
