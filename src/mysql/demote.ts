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

/** Ends client sessions and makes the server read-only. Sessions first: a commit that waits for an acknowledgement would block the switch. */
export const block = async (step: StepSession): Promise<number> => {
	let killed = 0;
	for (let round = 0; ; round++) {
		killed += await killClients(step);
		try {
			await step.write("SET SESSION lock_wait_timeout = 1");
			await setReadOnly(step, true, 5_000);
			return killed + (await killClients(step));
		} catch (error) {
			// 1205: some session still holds the lock; the next round ends those that came or waited meanwhile.
			if (!(error instanceof ServerFault && error.errno === 1205) || round >= 5)
				throw error;
		}
	}
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
