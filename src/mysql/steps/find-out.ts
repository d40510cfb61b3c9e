import { setTimeout as delay } from "node:timers/promises";
import type { InstanceName } from "../../topology/instance-name.ts";
import { serverFault } from "../driver-error.ts";
import type { Servers } from "../servers.ts";
import {
	isSuperseded,
	type StepGuard,
	withStepSession,
} from "../step-session.ts";

/**
 * Whether clients can write to a server. `gone`: nothing listens there. `silent`: it did not let itself be asked in time, and may
 * be either.
 */
export type Standing = "open" | "closed" | "gone" | "silent";

/** One try, and the pause before the next. Milliseconds. */
const TRY_MS = 1_000;
const PAUSE_MS = 50;

/** In a session that takes the server's lock: what an older one may still be about to do to the server has ended, one way or the other. */
const ask = async (
	servers: Servers,
	name: InstanceName,
	guard: StepGuard,
	withinMs: number,
): Promise<Standing> => {
	const limits = { connectMs: withinMs, queryMs: withinMs };
	try {
		return await withStepSession(
			servers,
			name,
			guard,
			limits,
			async (session) => {
				const [row] = await session.read(
					"SELECT @@global.read_only AS read_only",
				);
				return ["0", "OFF"].includes(String(row?.["read_only"]))
					? "open"
					: "closed";
			},
		);
	} catch (error) {
		if (isSuperseded(error)) throw error;
		return serverFault(error).outcome === "connection-refused"
			? "gone"
			: "silent";
	}
};

/**
 * After a step of which it is not known whether it opened the server: asks over new sessions until it is known, or until the
 * deadline. Who is to be closed then is closed by the step `close`.
 * @throws BatonError Superseded
 */
export const whereItStands = async (
	servers: Servers,
	name: InstanceName,
	guard: StepGuard,
	deadlineMs: number,
	nowMs: () => number,
): Promise<Standing> => {
	const endMs = nowMs() + deadlineMs;
	for (;;) {
		const leftMs = endMs - nowMs();
		const standing = await ask(
			servers,
			name,
			guard,
			Math.max(100, Math.min(TRY_MS, leftMs)),
		);
		if (standing !== "silent" || leftMs <= PAUSE_MS) return standing;
		await delay(PAUSE_MS);
	}
};
