import type { StepOf } from "../../planning/step.ts";
import type { Replication } from "../../topology/instance.ts";
import type { Credential } from "../credential.ts";
import type { StepSession } from "../step-session.ts";
import { THREADS_MS } from "./change-channel.ts";
import { readChannel } from "./channel.ts";
import { findCredential } from "./find-credential.ts";
import { heartbeatSeconds } from "./heartbeat.ts";
import type { StepRun } from "./step-context.ts";

const ACCESS_DENIED = 1045;

/** The source does not let the channel's account in: to try again is in vain. */
export const isNotLetIn = ({
	receiver,
	lastReceiverErrno,
}: Pick<Replication, "receiver" | "lastReceiverErrno">): boolean =>
	receiver !== 1 && lastReceiverErrno === ACCESS_DENIED;

/** The account that the operation found, else one that is told now and let in. */
const another = async (
	run: StepRun,
	{ source }: StepOf<"moveBelow">,
): Promise<Credential | undefined> => {
	if (run.credential.get() === undefined)
		await findCredential(run, { from: [source], logsInOn: source });
	return run.credential.get();
};

/**
 * Gives a channel whose account is not let in the one that is known by now, and starts it. A channel keeps its login otherwise, and a
 * password that was corrected since never came to it.
 * @returns whether there is one
 */
export const renewLogin = async (
	run: StepRun,
	session: StepSession,
	step: StepOf<"moveBelow">,
): Promise<boolean> => {
	const login = await another(run, step);
	if (login === undefined) return false;
	const { dialect } = session;
	const { channel: name } = step;
	const channel = await readChannel(session, name);
	const write = (statement: Parameters<StepSession["write"]>[0]) =>
		session.write(statement, { deadlineMs: THREADS_MS });
	session.part("changing the login");
	await write(
		dialect.keepsRelayLogs
			? dialect.stopReceiver(name)
			: dialect.stopReplica(name),
	);
	await write(
		dialect.changeLogin(
			name,
			login,
			await heartbeatSeconds(run, session, channel),
		),
	);
	await write(dialect.startReplica(name));
	return true;
};
