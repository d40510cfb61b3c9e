import { type Instance, unknownInstance } from "../topology/instance.ts";
import { splitName } from "../topology/instance-name.ts";
import { countOf, textOf } from "./cell.ts";
import type { Dialect } from "./dialect.ts";
import { goodCheck, identityOf } from "./identity.ts";
import { channelsOf } from "./replica-status.ts";
import type { Session } from "./session.ts";

/**
 * The part of a probe that steps decide on: settings, positions, replication; neither semi-sync nor what the configuration asks
 * for. Three queries, since clients wait while steps look.
 * @throws ServerFault
 */
export const probeBriefly = async (
	session: Session,
	dialect: Dialect,
	clock: { readonly nowMs: () => number },
): Promise<Instance> => {
	const { host, port } = splitName(session.server);
	const [identityRows, statusRows, logRows] = await Promise.all([
		session.query(dialect.identityQuery),
		session.query(dialect.replicaStatus),
		session.query(dialect.binaryLogStatus),
	]);
	const atMs = clock.nowMs();
	return {
		...unknownInstance(host, port),
		...identityOf(identityRows[0] ?? {}),
		check: goodCheck(atMs, atMs),
		selfCoordinates: {
			file: textOf(logRows[0] ?? {}, "File"),
			position: countOf(logRows[0] ?? {}, "Position"),
		},
		...channelsOf(statusRows, dialect.replicaStatusColumns),
	};
};
