// What the demo tells after the failover.

import { createPageOf } from "../temporal/page.ts";
import { waitUntil } from "../test/lab/replication.ts";
import type { Screen } from "./demo-screen.ts";
import type { FailureResult } from "./failure-run.ts";
import type { OperationRecord } from "./operation-record.ts";
import { formatTimeline, timelineOf } from "./timeline.ts";
import type { Manager } from "./watched-cluster.ts";

/** Timeline, data and topology after the failover. Answers the exit code: 0 when nothing is missing anywhere. */
export async function tellFailover(
	screen: Screen,
	manager: Manager,
	result: FailureResult<OperationRecord>,
): Promise<number> {
	const { record, data, failed, newPrimary } = result;
	screen.heading("4. What happened");
	const entries = timelineOf({
		record,
		failedAtMs: result.failedAtMs,
		firstWriteAtMs: result.firstWriteAtMs,
		says: `KILLED ${failed.name}`,
	});
	for (const line of formatTimeline(entries)) screen.line(line);
	screen.line("");
	screen.line(`  ${record.outcome.says}`);
	screen.heading("5. The data");
	const lost = data.missingAcknowledged.length;
	screen.fact("acknowledged writes", String(result.acknowledged));
	screen.fact("lost writes", String(lost));
	screen.fact(
		"unknown outcome",
		`${result.unknown} (under way when the primary died: ${data.presentUnknown.length} of them are there)`,
	);
	screen.heading("6. The topology now");
	await settled(manager, newPrimary.name, record.outcome.replicas.length);
	await showTopology(screen, manager, newPrimary.name);
	screen.fact("Baton's page", manager.baton.url);
	screen.fact("this failover", pageOf(manager, record.outcome));
	return verdict(screen, data.differing, lost, result);
}

function verdict(
	screen: Screen,
	differing: readonly string[],
	lost: number,
	result: FailureResult<OperationRecord>,
): number {
	screen.line("");
	if (lost === 0 && differing.length === 0) {
		const ms = Math.round(result.firstWriteAtMs - result.failedAtMs);
		screen.good(
			`Converged: writes went on after ${ms} ms, on ${result.newPrimary.name}, and no acknowledged write is missing.`,
		);
		return 0;
	}
	if (lost > 0) screen.bad(`${lost} acknowledged writes are missing`);
	for (const difference of differing) screen.bad(difference);
	return 1;
}

/** Baton's own next look at the servers; the servers themselves have converged. */
async function settled(
	{ baton }: Manager,
	primary: string,
	expected: number,
): Promise<void> {
	await waitUntil(
		`Baton to see ${expected} sound servers below and with ${primary}`,
		async () => (await soundServers(baton, primary)) >= expected,
	);
}

async function soundServers(
	baton: Manager["baton"],
	primary: string,
): Promise<number> {
	const { Details } = await baton.get<{ Details: unknown }>(
		`topology/${primary}`,
	);
	return String(Details)
		.split("\n")
		.filter((line) => line.includes(",ok,")).length;
}

/** As Baton prints it. */
export async function showTopology(
	screen: Screen,
	manager: Manager,
	of: string,
): Promise<void> {
	const answer = await manager.baton.get<{ Details: unknown }>(
		`topology/${of}`,
	);
	for (const line of String(answer.Details).trimEnd().split("\n"))
		screen.line(`  ${line}`);
	screen.line("");
}

function pageOf(
	{ uiUrl }: Manager,
	outcome: { readonly workflowId: string; readonly runId: string },
): string {
	return createPageOf(uiUrl, "default")(outcome.workflowId, outcome.runId);
}
