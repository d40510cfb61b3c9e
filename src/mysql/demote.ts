import { setTimeout as delay } from "node:timers/promises";
import type { Instance } from "../topology/instance.ts";
import { ServerFault } from "./driver-error.ts";
import { setReadOnly } from "./read-only.ts";
import { answer, type Seen } from "./seen.ts";
import { disableSemiSync, isSemiSyncSource } from "./semi-sync-switches.ts";
import type { StepSession } from "./step-session.ts";

/** Ends the client sessions of a server that is to be demoted; replication, our own and system sessions stay. */
const killClients = async (step: StepSession): Promise<number> => {
	const rows = await step.read(step.dialect.processesQuery);
	const [own] = await step.read("SELECT CURRENT_USER() AS user");
	const ownUser = String(own?.["user"] ?? "").split("@")[0];
	const clients = rows.filter((row) => {
		const user = String(row["user"] ?? "");
		const command = String(row["command"] ?? "");
		return (
			![
				"system user",
				"event_scheduler",
				"unauthenticated user",
				ownUser,
			].includes(user) &&
			!command.startsWith("Binlog Dump") &&
			!["Daemon", "Killed", "Connect", "Slave_SQL", "Slave_IO"].includes(
				command,
			)
		);
	});
	for (const row of clients)
		await step.write(`KILL ${Number(row["id"])}`).catch((error: unknown) => {
			// 1094: the session ended by itself.
			if (!(error instanceof ServerFault && error.errno === 1094)) throw error;
		});
	return clients.length;
};

const isFenced = (instance: Instance): boolean =>
	instance.readOnly &&
	(instance.flavor === "MariaDB" || instance.superReadOnly);

/** After so long the switch to read-only is stuck behind commits that wait for acknowledgements. Milliseconds. */
const STUCK_MS = 300;
const READ_ONLY_MS = 10_000;

/**
 * Ends client sessions and makes the server read-only. On MySQL commits that wait for an acknowledgement hold the switch up even
 * when their sessions are killed. Then the source side of semi-sync is switched off beside it: the pending switch lets no new
 * write begin, and the clients of the released commits have lost their connections, so that none of them is told a success
 * (reliability.md trap 6).
 */
export const block = async (step: StepSession): Promise<number> => {
	const killed = await killClients(step);
	await step.write("SET SESSION lock_wait_timeout = 10");
	let pending = true;
	const readOnly = setReadOnly(step, true, READ_ONLY_MS).finally(() => {
		pending = false;
	});
	// Awaited below; a failure beside it must not make this one unhandled.
	readOnly.catch(() => undefined);
	await Promise.race([readOnly, delay(STUCK_MS)]);
	if (pending) {
		const side = await step.beside();
		try {
			await killClients(side);
			await disableSemiSync(side);
		} finally {
			side.session.close();
		}
	}
	await readOnly;
	return killed + (await killClients(step));
};

/**
 * Fences a server that must not take writes any more: ends its client sessions, makes it read-only, then switches the source
 * side of semi-sync off.
 */
export const demote = async (step: StepSession): Promise<Seen> => {
	const before = await step.look();
	if (isFenced(before) && !(await isSemiSyncSource(step)))
		return answer("already", `${step.server} is read-only`, before);
	const killed = await block(step);
	await disableSemiSync(step);
	const after = await step.look();
	return isFenced(after)
		? answer(
				"done",
				`made ${step.server} read-only${killed > 0 ? ` and ended ${killed} client sessions` : ""}`,
				after,
			)
		: answer("failed", `${step.server} is still writable`, after);
};

/**
 * Switches the source side of semi-sync off on a demoted server. A step of its own after a takeover: MySQL takes up to a second
 * for it, and the server can follow the new primary meanwhile.
 */
export const endSemiSyncSource = async (step: StepSession): Promise<Seen> => {
	const before = await step.look();
	if (!before.readOnly)
		return answer(
			"refused",
			`${step.server} is writable: its clients' waiting commits would be released`,
			before,
		);
	if (!(await isSemiSyncSource(step)))
		return answer("already", `${step.server} is no semi-sync source`, before);
	await disableSemiSync(step);
	return answer(
		"done",
		`${step.server} is no semi-sync source any more`,
		before,
	);
};
