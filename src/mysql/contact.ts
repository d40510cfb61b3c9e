import type { Answer } from "./answer.ts";
import { countOf, namedValues, textOf } from "./cell.ts";
import type { Dialect } from "./dialect.ts";
import { dialectFor } from "./dialect-for.ts";
import { ServerFault } from "./driver-error.ts";
import { askMaxScaleVersion } from "./maxscale.ts";
import { type Privileges, privilegesOf } from "./privileges.ts";
import type { Session } from "./session.ts";

/**
 * What is known of a server for as long as a connection lasts: its version cannot change, its uptime only grows, its plugins
 * and the account's privileges change rarely and are looked at again every minute.
 */
export interface Contact {
	readonly dialect: Dialect;
	/** Empty for anything but MaxScale. */
	readonly maxScaleVersion: string;
	readonly isNdb: boolean;
	/** Names of the plugins' variables; undefined before the first look. */
	variables: readonly string[] | undefined;
	variablesAtMs: number;
	startedAtMs: number | undefined;
	privileges: Privileges | undefined;
	privilegesAtMs: number;
	/** SHOW REPLICAS named some at the last poll, so that the process list was not needed. */
	listsReplicas: boolean;
	/** It had no source at the last poll. */
	hadNoSource: boolean;
	/** How many privileges the last probe found missing; undefined before the first. */
	missing: number | undefined;
}

/** How long plugins and privileges are taken to be as they were. Milliseconds. */
export const AFRESH_AFTER_MS = 60_000;

const VERSION = "SELECT @@version AS version";

/** The first words of a session with a server. @throws ServerFault */
export const firstContact = async (
	session: Session,
	checkMaxScale: boolean,
): Promise<Contact> => {
	const maxScaleVersion = checkMaxScale
		? await askMaxScaleVersion(session)
		: "";
	const [row] = maxScaleVersion === "" ? await session.query(VERSION) : [];
	const version = textOf(row ?? {}, "version");
	return {
		dialect: dialectFor(version),
		maxScaleVersion,
		isNdb: version.includes("-ndb-"),
		variables: undefined,
		variablesAtMs: 0,
		startedAtMs: undefined,
		privileges: undefined,
		privilegesAtMs: 0,
		listsReplicas: false,
		hadNoSource: true,
		missing: undefined,
	};
};

const rows = (answer: Answer | undefined) =>
	answer === undefined || answer instanceof ServerFault ? undefined : answer;

/** Takes over what was asked because it was not known yet, or too long ago. */
export const learn = (
	contact: Contact,
	asked: {
		readonly variables: Answer | undefined;
		readonly uptime: Answer | undefined;
		readonly grants: Answer | undefined;
	},
	nowMs: number,
): void => {
	const variables = rows(asked.variables);
	if (variables !== undefined) {
		contact.variables = [...namedValues(variables).keys()].filter((name) =>
			/^[a-z_]{1,64}$/.test(name),
		);
		contact.variablesAtMs = nowMs;
	}
	const [uptime] = rows(asked.uptime) ?? [];
	if (uptime !== undefined)
		contact.startedAtMs = nowMs - countOf(uptime, "uptime") * 1000;
	const grants = rows(asked.grants);
	if (grants !== undefined) {
		contact.privileges = privilegesOf(grants);
		contact.privilegesAtMs = nowMs;
	}
};

export const uptimeSeconds = (contact: Contact, nowMs: number): number =>
	contact.startedAtMs === undefined
		? 0
		: Math.max(0, Math.round((nowMs - contact.startedAtMs) / 1000));
