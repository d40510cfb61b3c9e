import type { Check } from "../topology/check.ts";
import { type Instance, unknownInstance } from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import type { Credential } from "./credential.ts";
import { ServerFault, serverFault } from "./driver-error.ts";
import { createMixedTls } from "./mixed-tls.ts";
import { createProbe } from "./probe.ts";
import type { ProbeSettings } from "./probe-settings.ts";
import { type Access, openSession, type Session } from "./session.ts";

export interface ServersDeps {
	/** Looked up for each connection: a reload changes it. */
	readonly access: () => Access;
	readonly probeSettings: () => ProbeSettings;
	/** Hosts that may be connected to; a name that a server told us is not trusted. */
	readonly isAllowed: (name: InstanceName) => boolean;
	readonly nowMs: () => number;
	/** A connection found whether the account is let in with TLS only (MySQLTopologyUseMixedTLS). */
	readonly onTlsNeed?: (server: InstanceName, needsTls: boolean) => void;
}

/** The one port to the monitored servers. */
export interface Servers {
	/** @throws ServerFault */
	open(
		name: InstanceName,
		role: string,
		limits?: { readonly connectMs?: number; readonly queryMs?: number },
	): Promise<Session>;
	/**
	 * Logs in with another account, and out again.
	 * @returns what the server says when it does not let that account in; empty when it does, and where that cannot be found out
	 */
	refusesLogin(
		name: InstanceName,
		login: Credential,
		connectMs: number,
	): Promise<string>;
	/** Probes over an open session. @throws ServerFault */
	probe(session: Session): Promise<Instance>;
	/**
	 * A fresh look over a connection of its own. Never throws: a server that cannot be seen is an instance whose check says why.
	 * @param previous what was known of it; kept for a server that cannot be seen
	 */
	look(
		name: InstanceName,
		previous?: Instance,
		connectMs?: number,
	): Promise<Instance>;
}

/** Error numbers with which mysqld refuses to let us in at all: nothing was learnt but that it lives. */
const LOGIN_REFUSALS = new Set([
	1040, 1045, 1129, 1130, 1203, 1226, 1698, 3159,
]);

/** Of these, what is about the account and its password, and not about who else is there. */
const ACCOUNT_REFUSALS = new Set([1045, 1698]);

/** Sessions that say nothing but what a probe does. */
const PROBING_ROLES = new Set(["watch", "look", "bench"]);

/** `previous` with the record of a check that failed now. */
export const failedCheck = (
	previous: Instance,
	fault: ServerFault,
	nowMs: number,
): Instance => {
	const check: Check = {
		...previous.check,
		outcome: fault.outcome,
		checkedAtMs: nowMs,
		attemptedAtMs: nowMs,
		// A check must end after the last good one to count as failed, also within one millisecond.
		seenAtMs: Math.min(previous.check.seenAtMs, nowMs - 1),
		partialSuccess:
			fault.outcome === "refused-by-server" && !LOGIN_REFUSALS.has(fault.errno),
		error: fault.message,
	};
	return { ...previous, check };
};

export const createServers = (deps: ServersDeps): Servers => {
	const withTls = createMixedTls(deps.nowMs, deps.onTlsNeed);
	const open: Servers["open"] = (name, role, limits = {}) => {
		if (!deps.isAllowed(name))
			return Promise.reject(
				new ServerFault(
					"own-fault",
					`${name} is not among the hosts that may be connected to (BatonAllowedHosts)`,
				),
			);
		const options = {
			role,
			// A step's statements carry names that other servers told.
			severalAtOnce: PROBING_ROLES.has(role),
			lifetimeMs: deps.access().lifetimeMs,
			queryDeadlineMs: limits.queryMs ?? deps.probeSettings().queryDeadlineMs,
			...(limits.connectMs === undefined
				? {}
				: { connectTimeoutMs: limits.connectMs }),
		};
		return withTls(name, deps.access(), (access) =>
			openSession(name, access, options),
		);
	};
	const probeOver = createProbe({
		settings: deps.probeSettings,
		nowMs: deps.nowMs,
	});
	const look: Servers["look"] = async (name, previous, connectMs) => {
		const { host, port } = splitName(name);
		let session: Session | undefined;
		try {
			session = await open(
				name,
				"look",
				connectMs === undefined
					? {}
					: { connectMs, queryMs: Math.max(connectMs, 1000) },
			);
			return await probeOver(session);
		} catch (error) {
			return failedCheck(
				previous ?? unknownInstance(host, port),
				serverFault(error),
				deps.nowMs(),
			);
		} finally {
			session?.close();
		}
	};
	const logIn = async (
		name: InstanceName,
		{ user, password }: Credential,
		connectMs: number,
		isByTls: boolean,
	): Promise<ServerFault | undefined> => {
		try {
			const session = await openSession(
				name,
				{
					user,
					password,
					connectTimeoutMs: connectMs,
					lifetimeMs: 0,
					...(isByTls ? { tls: { verify: false } } : {}),
				},
				{ role: "login", queryDeadlineMs: connectMs },
			);
			session.close();
			return undefined;
		} catch (error) {
			return serverFault(error);
		}
	};
	const refusesLogin: Servers["refusesLogin"] = async (name, login, within) => {
		if (!deps.isAllowed(name)) return "";
		const fault = await logIn(name, login, within, login.tls);
		if (fault === undefined || !ACCOUNT_REFUSALS.has(fault.errno)) return "";
		// It may be let in with TLS only.
		const withTls = login.tls ? fault : await logIn(name, login, within, true);
		return withTls === undefined ? "" : fault.message;
	};
	return { open, refusesLogin, probe: probeOver, look };
};
