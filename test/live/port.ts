// The MySQL port as Baton makes it, towards the servers of a lab and with nothing else around it.

import type { Configuration } from "../../src/config/keys.ts";
import { documentedDefaults, withValues } from "../../src/config/keys.ts";
import type { Seen } from "../../src/mysql/seen.ts";
import { createServers, type Servers } from "../../src/mysql/servers.ts";
import { access, probeSettings } from "../../src/mysql/settings.ts";
import {
	type StepSession,
	withStepSession,
} from "../../src/mysql/step-session.ts";
import { received } from "../../src/topology/gtid/gtid.ts";
import type { Instance } from "../../src/topology/instance.ts";
import { ACCOUNTS } from "../lab/accounts.ts";
import type { LabServer } from "../lab/server.ts";
import { isReadOnly } from "../lab/trouble.ts";
import { replicationOf } from "./findings.ts";

const LIMITS = { connectMs: 3_000, queryMs: 10_000 };

export const portOf = (
	values: Partial<Configuration> = {},
	isAllowed: (name: string) => boolean = () => true,
): Servers => {
	const configuration = withValues(documentedDefaults(), {
		MySQLTopologyUser: ACCOUNTS.orchestrator.user,
		MySQLTopologyPassword: ACCOUNTS.orchestrator.password,
		MySQLHostnameResolveMethod: "none",
		DiscoverByShowSlaveHosts: true,
		...values,
	});
	return createServers({
		access: () => access(configuration),
		probeSettings: () => probeSettings(configuration),
		isAllowed,
		nowMs: Date.now,
	});
};

/** One step on one server, as an activity takes it. */
export const step = <T>(
	server: LabServer,
	work: (session: StepSession) => Promise<T>,
	isCurrent: () => Promise<boolean> = async () => true,
): Promise<T> =>
	withStepSession(portOf(), server.name, { isCurrent }, LIMITS, work);

/** What the step answered, without the server's picture. */
export const statusOf = async (
	server: LabServer,
	work: (session: StepSession) => Promise<Seen>,
): Promise<Seen["status"]> => (await step(server, work)).status;

export const look = (server: LabServer): Promise<Instance> =>
	step(server, (session) => session.look());

export const receivedOf = async (server: LabServer): Promise<string> =>
	received(await look(server));

/** What may not change when a step is refused. */
export const stateOf = async (server: LabServer) => ({
	readOnly: await isReadOnly(server),
	...(await replicationOf(server)),
});
