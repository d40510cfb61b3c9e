import type { StepOf } from "../../planning/step.ts";
import { compareCoordinates } from "../../topology/coordinates.ts";
import { contains } from "../../topology/gtid/gtid.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import { numberOf, textOf } from "../cell.ts";
import type { StepSession } from "../step-session.ts";
import { channelOf, hasSource, through } from "./channel.ts";
import { commitEmpty } from "./empty-transactions.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

const GTID =
	/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::[a-z_][a-z0-9_]{0,31})?:\d{1,19}/i;

/** The GTID that an applier names in its error, `… failed executing transaction 'uuid:7' at …`; empty when it names none. */
export const gtidInError = (error: string): string =>
	new RegExp(`transaction '(${GTID.source})'`, "i").exec(error)?.[1] ?? "";

/** The transaction that the applier failed on, by GTID; empty when neither its error nor the server tells it. */
const failedOn = async (
	session: StepSession,
	{ channel, lastApplierError }: Replication,
): Promise<string> => {
	const named = gtidInError(lastApplierError);
	const { failedTransaction } = session.dialect;
	if (named !== "" || failedTransaction === undefined) return named;
	const [row] = await session.read(failedTransaction(channel));
	return GTID.exec(textOf(row ?? {}, "gtid"))?.[0] ?? "";
};

const skipByGtid = async (
	session: StepSession,
	before: Instance,
	channel: Replication,
): Promise<Finding> => {
	const { server: on } = session;
	const gtid = await failedOn(session, channel);
	if (gtid === "")
		return finding(
			"refused",
			`${on} does not tell by GTID which transaction its applier failed on: ${channel.lastApplierError.slice(0, 300)}`,
		);
	if (contains("mysql", before.executedGtid, gtid))
		return finding("already", `${on} has passed over ${gtid}`);
	await commitEmpty(session, [gtid]);
	const after = await session.look();
	return contains("mysql", after.executedGtid, gtid)
		? finding("done", `${on} passes over ${gtid}`)
		: finding("failed", `${on} does not count ${gtid} as applied`);
};

/** Passes over what the applier failed on, once: at another place, or without an error, there is nothing to be passed over. */
export const skipTransaction = (
	run: StepRun,
	{ on, channel: name, at }: StepOf<"skipTransaction">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const before = await session.look();
		const channel = channelOf(before, name);
		if (!hasSource(channel))
			return finding("refused", `${on} replicates from nobody${through(name)}`);
		if (compareCoordinates(channel.execCoordinates, at) !== 0)
			return finding(
				"refused",
				`the applier of ${on} stands elsewhere by now than at ${at.file}:${at.position}${through(name)}: nothing is skipped there`,
			);
		if (channel.applier !== 0 || channel.lastApplierError === "")
			return finding(
				"refused",
				`the applier of ${on} has not failed${through(name)}: there is nothing to skip`,
			);
		if (before.gtidMode === "ON") return skipByGtid(session, before, channel);
		const [row] = await session.read(session.dialect.skipQuery);
		const is = `${on} passes over what it failed on at ${at.file}:${at.position}${through(name)}`;
		if (numberOf(row ?? {}, "skips") === 1) return finding("already", is);
		for (const statement of session.dialect.skipNext(name))
			await session.write(statement);
		await session.look();
		return finding("done", is);
	});
