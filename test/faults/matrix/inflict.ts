// Does to a server, a session or the manager what a case says, once, at its point.

import { ServerFault } from "../../../src/mysql/driver-error.ts";
import type { Session } from "../../../src/mysql/session.ts";
import type { LabServer } from "../../lab/server.ts";
import {
	type Case,
	type FaultKind,
	isByTemporal,
	type Moment,
} from "./cases.ts";
import type { Asking } from "./manager.ts";
import type { Statement } from "./statements.ts";
import type { Life, Trap } from "./tap.ts";

export interface Inflicted extends Trap {
	/** The run came to the point. */
	readonly isReached: boolean;
}

interface InflictOptions {
	readonly the: Case;
	readonly serverOf: (alias: string) => LabServer;
	readonly life: Life;
	readonly onHit: (server: LabServer, fault: FaultKind) => void;
	readonly cut: (server: LabServer) => Promise<void>;
	readonly asking: Asking;
}

/** Lock wait timeout: what a server says of itself now and then. */
const REFUSAL = new ServerFault(
	"refused-by-server",
	"refused by the fault matrix",
	1205,
);

/** The account lacks a privilege. */
const DENIAL = new ServerFault(
	"refused-by-server",
	"denied by the fault matrix",
	1227,
);

const LOST = (): ServerFault =>
	new ServerFault("lost", "the connection was lost (fault matrix)");

const SILENCE = (): ServerFault =>
	new ServerFault("timeout", "no answer (fault matrix)");

const killSession = async (
	server: LabServer,
	{ threadId }: Session,
): Promise<void> => {
	try {
		await server.query(`KILL ${threadId}`);
	} catch (error) {
		// 1094: it has ended by itself.
		if ((error as { errno?: unknown }).errno !== 1094) throw error;
	}
};

export const inflicting = ({
	the,
	serverOf,
	life,
	onHit,
	cut,
	asking,
}: InflictOptions): Inflicted => {
	let isReached = false;
	const victim = serverOf(the.victim);
	const isDenied = (statement: Statement): boolean =>
		isReached &&
		the.fault === "denied" &&
		`${the.victim}: ${statement.text}` === deniedText;
	let deniedText = "";

	const hit = async (statement: Statement, session: Session): Promise<void> => {
		isReached = true;
		deniedText = `${statement.alias}: ${statement.text}`;
		onHit(victim, the.fault);
		switch (the.fault) {
			case "session-killed":
				return killSession(victim, session);
			case "refused":
				throw REFUSAL;
			case "denied":
				throw DENIAL;
			case "server-killed":
				return victim.kill();
			case "server-stopped":
				return victim.pause();
			case "server-started":
				return victim.start();
			case "cut-off":
				return cut(victim);
			case "manager-killed":
				return life.end();
			case "cancelled":
				return asking.cancel();
			case "asked-twice":
				return asking.again();
		}
	};
	const isAt = (statement: Statement, moments: readonly Moment[]): boolean =>
		!isReached && statement.key === the.point && moments.includes(the.moment);
	/** An answer of a server that was hit does not arrive. */
	const isCutOff = (statement: Statement): boolean =>
		the.moment === "unseen" &&
		the.victim === statement.alias &&
		the.fault !== "manager-killed" &&
		!isByTemporal(the);

	return {
		get isReached() {
			return isReached;
		},
		before: async (statement, session) => {
			if (isDenied(statement)) throw DENIAL;
			if (isAt(statement, ["before"])) await hit(statement, session);
		},
		answered: async (statement, session) => {
			if (!isAt(statement, ["unseen", "after"])) return;
			await hit(statement, session);
			if (!isCutOff(statement)) return;
			const fault = the.fault === "cut-off" ? SILENCE() : LOST();
			session.giveUp(fault);
			throw fault;
		},
	};
};
