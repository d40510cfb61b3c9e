import { setTimeout as delay } from "node:timers/promises";
import { errors } from "../../errors.ts";
import { numberOf, textOf } from "../cell.ts";
import { serverFault } from "../driver-error.ts";
import { statementBeginning } from "../statement-beginning.ts";
import type { Reader, StepSession } from "../step-session.ts";
import { clientsAmong } from "./clients.ts";
import type { StepRun } from "./step-context.ts";

/** What a client is about. */
interface OpenWork {
	/** Another one for whatever the session does next. */
	readonly mark: string;
	readonly id: number;
	/** A switch to read-only waits for its end. */
	readonly holdsUp: boolean;
	readonly seconds: number;
	/** Who does what, for people: without the values of the statement. */
	readonly says: string;
}

/** So many are named; what is told is read by a person. */
const NAMED = 5;

const named = (work: readonly OpenWork[]): string => {
	const more = work.length - NAMED;
	return `${work
		.slice(0, NAMED)
		.map(({ says }) => says)
		.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
};

const short = (text: string): string => text.replace(/\s+/g, " ").slice(0, 64);

/** The longest first, each session once. */
const ordered = (work: readonly OpenWork[]): readonly OpenWork[] => {
	const first = work.toSorted(
		(a, b) =>
			Number(b.holdsUp) - Number(a.holdsUp) ||
			b.seconds - a.seconds ||
			a.id - b.id,
	);
	return [
		...new Map(first.toReversed().map((each) => [each.id, each])).values(),
	].toReversed();
};

const openWork = async (reader: Reader): Promise<readonly OpenWork[]> => {
	const rows = await clientsAmong(reader, reader.dialect.openWork);
	return rows.map((row) => {
		const [id, seconds] = [numberOf(row, "id"), numberOf(row, "seconds")];
		const statement = statementBeginning(textOf(row, "statement"));
		const who = `${short(textOf(row, "user"))}@${short(textOf(row, "host"))}`;
		return {
			mark: textOf(row, "mark"),
			id,
			seconds,
			holdsUp: numberOf(row, "holds_up") === 1,
			says: `session ${id} of ${who} for ${seconds} s${statement === "" ? "" : ` (${statement})`}`,
		};
	});
};

/** What the account may not ask is not known. */
const askedFor = async (
	reader: Reader,
): Promise<readonly OpenWork[] | string> => {
	try {
		return await openWork(reader);
	} catch (error) {
		const fault = serverFault(error);
		if (fault.outcome !== "refused-by-server") throw fault;
		return fault.message;
	}
};

/** Who keeps the switch to read-only waiting, as the end of a sentence; empty where nobody is told. */
export const heldUpBy = async (reader: Reader): Promise<string> => {
	const work = await askedFor(reader);
	const holders =
		typeof work === "string"
			? []
			: ordered(work.filter(({ holdsUp }) => holdsUp));
	return holders.length === 0 ? "" : `; what held it up: ${named(holders)}`;
};

/**
 * InnoDB lists its transactions anew when nobody has read the list for 0.1 s (CACHE_MIN_IDLE_TIME of its trx0i_s.cc): whoever looks
 * again sooner finds those of before, and keeps them listed. Milliseconds.
 */
const LOOK_AGAIN_MS = 110;

/**
 * Waits, with writes open, until what clients are about now has ended.
 * @returns what a person should know: whose transactions were still open then, doing nothing. They end with their sessions
 * @throws BatonError OperationFailed when a statement still runs that a switch to read-only would wait for
 */
export const awaitOpenWork = async (
	run: Pick<StepRun, "beat" | "nowMs">,
	session: Pick<StepSession, "goOn" | "part"> & Reader,
	withinMs: number,
): Promise<readonly string[]> => {
	const { server } = session;
	const startedMs = run.nowMs();
	let marks: ReadonlySet<string> | undefined;
	let beatMs = startedMs;
	for (;;) {
		const work = await askedFor(session);
		if (typeof work === "string")
			return [
				`open transactions of ${server} could not be looked at (${work}): they were ended with their clients`,
			];
		const now = marks;
		const left =
			now === undefined ? work : work.filter(({ mark }) => now.has(mark));
		marks ??= new Set(work.map(({ mark }) => mark));
		if (left.length === 0) return [];
		const nowMs = run.nowMs();
		if (nowMs - startedMs >= withinMs) return ended(server, left, withinMs);
		if (nowMs - beatMs >= 1_000) {
			session.part("waiting for open transactions");
			run.beat(`${server}: waits for ${named(ordered(left))}`);
			beatMs = nowMs;
		}
		await delay(LOOK_AGAIN_MS);
		session.goOn();
	}
};

const ended = (
	server: string,
	left: readonly OpenWork[],
	withinMs: number,
): readonly string[] => {
	const seconds = withinMs / 1000;
	const running = left.filter(({ holdsUp }) => holdsUp);
	if (running.length > 0)
		throw errors.longStatements({
			server,
			seconds,
			sessions: named(ordered(running)),
		});
	return [
		`open transactions of ${server} did not end within ${seconds} s, and were rolled back with their sessions: ${named(ordered(left))}`,
	];
};
