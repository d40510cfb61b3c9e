import type { Instance } from "../../topology/instance.ts";
import type { Row } from "../answer.ts";
import { textOf } from "../cell.ts";
import { serverFault } from "../driver-error.ts";
import type { Reader } from "../step-session.ts";
import { channelOf } from "./channel.ts";

/** What an account may not ask is not known; a lost session is another matter. */
const asked = async (reader: Reader, sql: string): Promise<readonly Row[]> => {
	try {
		return await reader.read(sql);
	} catch (error) {
		const fault = serverFault(error);
		if (fault.outcome !== "refused-by-server") throw fault;
		return [];
	}
};

/**
 * A text that is another one whenever the applier has got on: with transactions, with its place in the logs, or within one large
 * transaction, of which neither tells until its end.
 */
export const progressMark = async (
	reader: Reader,
	seen: Instance,
	channelName: string,
): Promise<string> => {
	const [row] = await asked(reader, reader.dialect.applier.work);
	const { execCoordinates, relayCoordinates } = channelOf(seen, channelName);
	return JSON.stringify([
		seen.executedGtid,
		execCoordinates,
		relayCoordinates,
		textOf(row ?? {}, "work"),
	]);
};

/** Whether an applier waits for more to be received. What the account may not see is not so. */
export const hasReadAll = async (reader: Reader): Promise<boolean> =>
	(await asked(reader, reader.dialect.applier.states)).some((row) =>
		/has read all relay log/i.test(textOf(row, "state")),
	);

/** Behind which lock the applier waits, and who holds it, as a part of a sentence; empty when it waits for none that is told. */
export const lockWait = async (reader: Reader): Promise<string> => {
	const { applier } = reader.dialect;
	const states = (await asked(reader, applier.states)).map((row) =>
		textOf(row, "state"),
	);
	const waits = states.find((state) => /waiting for .*lock/i.test(state));
	if (waits === undefined) return "";
	const holders = (await asked(reader, applier.holders)).map(
		(row) => `session ${textOf(row, "id")} of ${textOf(row, "user")}`,
	);
	return `it waits behind a lock (${waits}${holders.length > 0 ? `, held by ${holders.slice(0, 3).join(" and ")}` : ""})`;
};
