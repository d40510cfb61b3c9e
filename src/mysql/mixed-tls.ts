import type { InstanceName } from "../topology/instance-name.ts";
import { ServerFault, serverFault } from "./driver-error.ts";
import type { Access, Session } from "./session.ts";

/** How long a verdict on a server holds: a hundred polls of the default period. Milliseconds. */
const VERDICT_MS = 500_000;

const ACCESS_DENIED = 1045;
const SECURE_TRANSPORT_REQUIRED = 3159;

const asksForTls = (fault: ServerFault): boolean =>
	fault.errno === ACCESS_DENIED || fault.errno === SECURE_TRANSPORT_REQUIRED;

/**
 * Opens sessions with TLS where the server lets the account in with TLS only (MySQLTopologyUseMixedTLS): the first attempt is
 * plain, and the verdict is remembered for each server.
 */
export const createMixedTls = (
	nowMs: () => number,
	/** Told of each server once, and again when it is no longer so. */
	note: (server: InstanceName, needsTls: boolean) => void = () => undefined,
) => {
	const noted = new Map<InstanceName, boolean>();
	const tell = (server: InstanceName, needsTls: boolean): void => {
		if (noted.get(server) === needsTls) return;
		noted.set(server, needsTls);
		note(server, needsTls);
	};
	const verdicts = new Map<
		InstanceName,
		{ readonly needsTls: boolean; readonly untilMs: number }
	>();
	const remember = (server: InstanceName, needsTls: boolean): void => {
		verdicts.set(server, { needsTls, untilMs: nowMs() + VERDICT_MS });
	};
	/**
	 * @param open opens one session with the access given
	 * @throws ServerFault
	 */
	return async (
		server: InstanceName,
		access: Access,
		open: (access: Access) => Promise<Session>,
	): Promise<Session> => {
		const { tlsWhereNeeded: tls, ...plain } = access;
		if (tls === undefined || plain.tls !== undefined) return open(plain);
		const known = verdicts.get(server);
		const verdict =
			known !== undefined && known.untilMs > nowMs() ? known : undefined;
		if (verdict?.needsTls === true) return open({ ...plain, tls });
		try {
			const session = await open(plain);
			tell(server, false);
			return session;
		} catch (error) {
			const fault = serverFault(error);
			if (verdict !== undefined || !asksForTls(fault)) throw fault;
			return open({ ...plain, tls }).then(
				(session) => {
					remember(server, true);
					tell(server, true);
					return session;
				},
				(second: unknown) => {
					const withTls = serverFault(second);
					// The password is wrong either way: TLS need not be tried at every poll.
					remember(server, false);
					throw fault.errno === ACCESS_DENIED
						? fault
						: new ServerFault(
								withTls.outcome,
								`the server wants TLS, and with it: ${withTls.message}`,
								withTls.errno,
								{ cause: withTls },
							);
				},
			);
		}
	};
};
