// Two Baton nodes with one Temporal server and one store, as a site runs them.

import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { locateTemporal, type ServerFlavor } from "../setup/locate.mjs";
import { type Embedded, startEmbedded } from "../temporal/embedded.ts";
import { type BatonProcess, startBaton } from "../test/lab/baton-process.ts";
import { createLab, type Lab } from "../test/lab/lab.ts";
import { endAtExit, temporalState } from "./watched-cluster.ts";

export interface TwoNodes {
	/** By name. The first was there first, and watches. */
	readonly nodes: ReadonlyMap<string, BatonProcess>;
	readonly first: BatonProcess;
	readonly temporal: Client;
	stop(): Promise<void>;
}

const NAMES = ["node1", "node2"] as const;

export const startTwoNodes = async (
	flavor: ServerFlavor,
): Promise<TwoNodes> => {
	const home = await createLab({ flavor });
	let server: Embedded | undefined;
	const nodes = new Map<string, BatonProcess>();
	const stop = async () => {
		for (const node of nodes.values()) await node.stop();
		await server?.stop();
		await home.stop();
	};
	try {
		server = await startTemporal(home);
		const { pid, port } = temporalState(home.directory);
		for (const name of NAMES)
			nodes.set(name, await startNode(home, name, server.address));
		const first = nodes.get(NAMES[0]);
		if (first === undefined) throw new Error("no first node");
		const address = `127.0.0.1:${port}`;
		const connection = await Connection.connect({ address });
		const ended = endAtExit([
			...[...nodes.values()].map((node) => node.pid),
			pid,
		]);
		return {
			nodes,
			first,
			temporal: new Client({ connection }),
			stop: async () => {
				ended();
				await connection.close();
				await stop();
			},
		};
	} catch (error) {
		await stop();
		throw error;
	}
};

const startTemporal = (home: Lab): Promise<Embedded> => {
	const program = locateTemporal();
	if (program === undefined) throw new Error("no temporal program");
	return startEmbedded({
		program,
		directory: join(home.directory, "temporal"),
		namespace: "default",
		log: { info: () => {}, warn: () => {} },
	});
};

const startNode = (
	home: Lab,
	name: string,
	temporal: string,
): Promise<BatonProcess> =>
	startBaton({
		lab: home,
		directory: join(home.directory, name),
		// The second one watches nothing as long as the first does.
		upAt: name === NAMES[0] ? "leader-check" : "health",
		config: {
			BatonNode: name,
			BatonTemporalAddress: temporal,
			SQLite3DataFile: join(home.directory, "shared.sqlite3"),
		},
	});
