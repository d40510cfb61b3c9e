// A way through which one process reaches a server, and which can be closed for it alone.

import { once } from "node:events";
import {
	type AddressInfo,
	connect,
	createServer,
	type Server,
	type Socket,
} from "node:net";
import type { LabServer } from "./server.ts";

export interface Passage {
	readonly host: string;
	readonly port: number;
	/**
	 * Closes it. `refuses`: what is open ends, and nothing new is let in, as when the server has died. `says nothing`: what is sent
	 * goes nowhere, as when a network drops it.
	 */
	close(how: "refuses" | "says nothing"): Promise<void>;
	/** Whoever comes from now on reaches another server, as by a virtual address that moves; what is open ends. */
	leadTo(server: Pick<LabServer, "port">): void;
	/** Lets all in again; what was sent meanwhile is lost with its connection. */
	open(): Promise<void>;
	stop(): void;
}

export async function passageTo({
	host,
	port: first,
}: Pick<LabServer, "host" | "port">): Promise<Passage> {
	let to = first;
	const sockets = new Set<Socket>();
	let isSilent = false;

	const keep = (socket: Socket, other?: Socket): void => {
		sockets.add(socket);
		socket.on("error", () => {
			// The other side is told by the end of its own connection.
		});
		socket.on("close", () => {
			sockets.delete(socket);
			// Its end is lost like all else.
			if (!isSilent) other?.destroy();
		});
	};
	const accept = (client: Socket): void => {
		if (isSilent) {
			keep(client);
			return;
		}
		const upstream = connect({ host, port: to });
		keep(client, upstream);
		keep(upstream, client);
		client.pipe(upstream);
		upstream.pipe(client);
	};
	const listen = async (at: number): Promise<Server> => {
		const server = createServer(accept).listen(at, host);
		await once(server, "listening");
		return server;
	};
	const endAll = (): void => {
		for (const socket of [...sockets]) socket.destroy();
	};

	let server: Server | undefined = await listen(0);
	const { port } = server.address() as AddressInfo;
	return {
		host,
		port,
		close: async (how) => {
			if (how === "says nothing") {
				isSilent = true;
				for (const socket of sockets) {
					socket.unpipe();
					socket.pause();
				}
				return;
			}
			const closing = server;
			server = undefined;
			closing?.close();
			endAll();
			if (closing !== undefined) await once(closing, "close");
		},
		leadTo: (server) => {
			to = server.port;
			endAll();
		},
		open: async () => {
			isSilent = false;
			endAll();
			server ??= await listen(port);
		},
		stop: () => {
			server?.close();
			endAll();
		},
	};
}
