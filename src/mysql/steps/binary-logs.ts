import type { StepOf } from "../../planning/step.ts";
import {
	compareCoordinates,
	sameBinlogBasename,
} from "../../topology/coordinates.ts";
import { textOf } from "../cell.ts";
import type { Reader } from "../step-session.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** Deleting many large files takes its time. Milliseconds. */
const PURGE_MS = 120_000;

/** The binary log that the server writes; empty where it writes none. */
const written = async (reader: Reader): Promise<string> => {
	const [row] = await reader.read(reader.dialect.binaryLogStatus);
	return textOf(row ?? {}, "File");
};

const order = (a: string, b: string): number =>
	compareCoordinates({ file: a, position: 0 }, { file: b, position: 0 });

/**
 * Whether the server writes what it shall. A series that was begun anew since it was planned is not counted through.
 * @param now the log that is written
 */
const isThere = (
	now: string,
	{ from, upTo }: Pick<StepOf<"flushLogs">, "from" | "upTo">,
): boolean => (upTo === undefined ? now !== from : order(now, upTo) >= 0);

export const flushLogs = (
	run: StepRun,
	step: StepOf<"flushLogs">,
): Promise<Finding> =>
	run.session(step.on, async (session) => {
		const { on, from, upTo } = step;
		let now = await written(session);
		if (now === "" || !sameBinlogBasename(at(now), at(upTo ?? from)))
			return finding("refused", `${on} writes ${now || "no binary log"} now`);
		if (isThere(now, step)) return finding("already", `${on} writes ${now}`);
		while (!isThere(now, step)) {
			session.goOn();
			await session.write("FLUSH BINARY LOGS");
			const next = await written(session);
			if (order(next, now) <= 0)
				return finding("failed", `${on} still writes ${next}`);
			now = next;
			run.beat(`${on} writes ${now}`);
		}
		await session.look();
		return finding(
			"done",
			`flushed the binary logs of ${on}: it writes ${now}`,
		);
	});

const at = (file: string) => ({ file, position: 0 });

const logsOf = async (reader: Reader): Promise<readonly string[]> =>
	(await reader.read("SHOW BINARY LOGS")).map((row) => textOf(row, "Log_name"));

export const purgeLogs = (
	run: StepRun,
	{ on, upTo }: StepOf<"purgeLogs">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const before = await logsOf(session);
		if (!before.includes(upTo))
			return finding(
				"refused",
				`${on} has no binary log ${upTo}: it has ${before.at(0) ?? "none"} to ${before.at(-1) ?? "none"}`,
			);
		if (before[0] === upTo)
			return finding("already", `${on} has no binary log before ${upTo}`);
		await session.write(
			{ sql: "PURGE BINARY LOGS TO ?", values: [upTo] },
			{ deadlineMs: PURGE_MS },
		);
		const after = await logsOf(session);
		await session.look();
		return after[0] === upTo
			? finding(
					"done",
					`deleted ${before.length - after.length} binary logs of ${on} before ${upTo}`,
				)
			: finding(
					"failed",
					`${on} still has ${after[0]}: somebody reads a binary log before ${upTo}`,
				);
	});
