// A server behind a proxy that can keep its answers back: the server has done what it was asked, and whoever asked does not know.

import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { Topology } from "./laying.ts";
import type { LabServer } from "./server.ts";

export interface HeldAnswer {
	/** The server has answered such a statement, and the answer was kept. Fails when none comes. */
	readonly reached: Promise<void>;
	/** What was kept arrives, and so does all that follows. */
	letGo(): void;
}

export interface HeldServer {
	/** The server as others see it, at the proxy's port. Its socket leads past the proxy. */
	readonly server: LabServer;
	/** The same one, past the proxy. */
	readonly behind: LabServer;
	/**
	 * Keeps what the server answers from the first statement on that looks so: on the connection by which that came, or on all, new
	 * ones too, as if the server hung.
	 */
	hold(statement: RegExp, on: "its connection" | "all"): HeldAnswer;
	/** Ends all connections; new ones are let in. */
	cut(): void;
	stop(): void;
}

/** What does not come by then will not come. */
const REACH_MS = 30_000;

interface Link {
	readonly client: Socket;
	readonly upstream: Socket;
	readonly kept: Buffer[];
	isHeld: boolean;
	/** Called at the next answer. */
	onAnswer?: () => void;
}

/** The server is started again, so that it tells the proxy's port to replicas and managers. */
async function behindProxy(server: LabServer): Promise<HeldServer> {
	const links = new Set<Link>();
	let isAllHeld = false;
	let waiting:
		| { statement: RegExp; isForAll: boolean; reached: () => void }
		| undefined;

	const end = (link: Link): void => {
		links.delete(link);
		link.client.destroy();
		link.upstream.destroy();
	};
	const asked = (link: Link, chunk: Buffer): void => {
		if (waiting?.statement.test(chunk.toString("latin1"))) {
			link.isHeld = true;
			link.onAnswer = waiting.reached;
			isAllHeld = waiting.isForAll;
			waiting = undefined;
		}
		link.upstream.write(chunk);
	};
	const answered = (link: Link, chunk: Buffer): void => {
		if (!isAllHeld && !link.isHeld) {
			link.client.write(chunk);
			return;
		}
		link.kept.push(chunk);
		link.onAnswer?.();
	};
	const accept = (client: Socket): void => {
		const upstream = connect({ host: server.host, port: server.port });
		const link: Link = { client, upstream, kept: [], isHeld: false };
		links.add(link);
		client.on("data", (chunk) => asked(link, chunk));
		upstream.on("data", (chunk) => answered(link, chunk));
		for (const socket of [client, upstream]) {
			socket.on("error", () => {
				// The other side is told by the end of its own connection.
			});
			socket.on("close", () => end(link));
		}
	};

	const proxy = createServer(accept).listen(0, server.host);
	await once(proxy, "listening");
	const { port } = proxy.address() as AddressInfo;
	appendFileSync(join(server.directory, "my.cnf"), `report_port = ${port}\n`);
	await server.restart();
	return {
		// The rest, what is told by getters too, is the server's.
		server: Object.create(server, {
			name: { value: `${server.host}:${port}` },
			port: { value: port },
		}) as LabServer,
		behind: server,
		hold(statement, on) {
			let reached = (): void => undefined;
			const promise = new Promise<void>((resolve, reject) => {
				const late = setTimeout(
					() => reject(new Error(`no ${statement} within ${REACH_MS} ms`)),
					REACH_MS,
				);
				reached = () => {
					clearTimeout(late);
					resolve();
				};
			});
			// Who waits for it hears of it.
			promise.catch(() => undefined);
			waiting = { statement, isForAll: on === "all", reached };
			return {
				reached: promise,
				letGo() {
					waiting = undefined;
					isAllHeld = false;
					for (const link of links) {
						link.isHeld = false;
						for (const chunk of link.kept.splice(0)) link.client.write(chunk);
					}
				},
			};
		},
		cut() {
			for (const link of links) end(link);
		},
		stop() {
			proxy.close();
			for (const link of links) end(link);
		},
	};
}

/** The topology with its first replica behind a proxy. */
export async function firstBehindProxy({
	primary,
	replicas: [first, ...others],
}: Topology): Promise<Topology & { readonly proxy: HeldServer }> {
	if (first === undefined) throw new Error("no replica to put behind a proxy");
	const proxy = await behindProxy(first);
	const replicas = [proxy.server, ...others];
	return { primary, replicas, servers: [primary, ...replicas], proxy };
}
