import type { StepOf } from "../../planning/step.ts";
import { contains, missing } from "../../topology/gtid/gtid.ts";
import { eachGtid } from "../../topology/gtid/pieces.ts";
import { channelsIn } from "./channel.ts";
import { commitEmpty } from "./empty-transactions.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** Deleting many large files takes its time. Milliseconds. */
const RESET_MS = 120_000;

/** What a reset may begin from, by what the server counts as applied. */
export const resetStage = (
	executed: string,
	{ keeps, errant }: { readonly keeps: string; readonly errant: string },
): "done" | "reset" | "emptied" | "other" => {
	const holds = (all: string, part: string) => contains("mysql", all, part);
	if (executed === "") return keeps === "" ? "done" : "emptied";
	if (holds(executed, keeps) && holds(keeps, executed)) return "done";
	const without = missing("mysql", errant, executed);
	return holds(keeps, without) && holds(without, keeps) ? "reset" : "other";
};

/** Deletes the binary logs, and has the server count as applied what it keeps. A try before this one may have come half way. */
export const resetBinaryLogs = (
	run: StepRun,
	step: StepOf<"resetBinaryLogs">,
): Promise<Finding> =>
	run.session(step.on, async (session) => {
		const { on } = step;
		const keeps = step.keeps.join(",");
		const errant = step.errant.join(",");
		const before = await session.look();
		if (
			channelsIn(before).some(
				({ receiver, applier }) => receiver > 0 || applier > 0,
			)
		)
			return finding("refused", `${on} replicates: it has to be stopped first`);
		const stage = resetStage(before.executedGtid, { keeps, errant });
		const is = `${on} counts no errant transaction as applied any more`;
		if (stage === "done") return finding("already", is);
		if (stage === "other")
			return finding(
				"refused",
				`${on} has applied other transactions by now than when it was planned; ask for it again`,
			);
		if (stage === "reset") {
			session.part("deleting the binary logs");
			await session.write(session.dialect.resetBinaryLogs, {
				deadlineMs: RESET_MS,
			});
		}
		session.part("setting gtid_purged");
		await session.write({
			sql: "SET GLOBAL gtid_purged = ?",
			values: [keeps],
		});
		const after = await session.look();
		return resetStage(after.executedGtid, { keeps, errant }) === "done"
			? finding("done", `${is}: its binary logs are deleted`)
			: finding(
					"failed",
					`${on} counts ${after.executedGtid.slice(0, 200) || "nothing"} as applied, in place of ${keeps.slice(0, 200)}: set its gtid_purged to that before it replicates`,
				);
	});

/** More than any plan asks for. */
const MOST = 100_000;

export const injectEmpty = (
	run: StepRun,
	{ on, gtids }: StepOf<"injectEmpty">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const { executedGtid, readOnly } = await session.look();
		const lacked = eachGtid(
			missing("mysql", executedGtid, gtids.join(",")),
			MOST,
		);
		if (lacked === undefined)
			return finding("refused", `${on} lacks more than ${MOST} of them`);
		if (lacked.length === 0)
			return finding("already", `${on} has all of these transactions`);
		if (readOnly)
			return finding(
				"refused",
				`${on} is read-only: it is no primary by now, and gets no transactions of its own`,
			);
		await commitEmpty(session, lacked, (count) => {
			if (count % 100 === 0)
				run.beat(`${count} of ${lacked.length} empty transactions on ${on}`);
		});
		const after = await session.look();
		const left = missing("mysql", after.executedGtid, lacked.join(","));
		return left === ""
			? finding(
					"done",
					`committed ${lacked.length} empty transactions on ${on}`,
				)
			: finding("failed", `${on} still lacks ${left.slice(0, 200)}`);
	});
