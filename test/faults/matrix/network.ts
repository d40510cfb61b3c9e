// The network between managers and servers, which can be cut: what is sent is lost, nothing is refused, and the servers go on.

import type { Servers } from "../../../src/mysql/servers.ts";
import type { Session } from "../../../src/mysql/session.ts";
import {
	type InstanceName,
	instanceName,
	splitName,
} from "../../../src/topology/instance-name.ts";
import { type Passage, passageTo } from "../../lab/passage.ts";
import type { LabServer } from "../../lab/server.ts";

export interface Network {
	/** As managers reach the servers; servers reach each other past it, and so do writers. */
	readonly port: Servers;
	/** Managers reach it on a way that can be cut from now on. Others are reached as they are: a dead one refuses. */
	lay(server: LabServer): Promise<void>;
	cut(server: LabServer): Promise<void>;
	/** New connections get through. Those from before stay dead, and the server knows nothing of that: it keeps their sessions, and what these hold. */
	mend(server: LabServer): void;
	/** Ends whatever is left of all ways. */
	stop(): void;
}

/** The same session, of the server by its own name. */
const called = (session: Session, server: InstanceName): Session =>
	Object.create(session, { server: { value: server } }) as Session;

export const createNetwork = (port: Servers): Network => {
	const ways = new Map<InstanceName, Passage>();
	const laid: Passage[] = [];
	const addressOf = (name: InstanceName): InstanceName => {
		const way = ways.get(name);
		return way === undefined ? name : instanceName(way.host, way.port);
	};
	return {
		port: {
			open: async (name, ...how) =>
				called(await port.open(addressOf(name), ...how), name),
			refusesLogin: (name, ...how) =>
				port.refusesLogin(addressOf(name), ...how),
			probe: (session) => port.probe(session),
			look: async (name, ...how) => ({
				...(await port.look(addressOf(name), ...how)),
				name,
				...splitName(name),
			}),
		},
		lay: async (server) => {
			const way = await passageTo(server);
			laid.push(way);
			ways.set(server.name, way);
		},
		cut: async ({ name }) => ways.get(name)?.close("says nothing"),
		mend: ({ name }) => {
			ways.delete(name);
		},
		stop: () => {
			ways.clear();
			for (const way of laid.splice(0)) way.stop();
		},
	};
};
