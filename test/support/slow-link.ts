import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server on which everything takes so much longer, each way. */
export const slowLinkTo = async (
	address: string,
	lateMs: number,
): Promise<{ readonly address: string; stop(): void }> => {
	const [host = "", port = ""] = address.split(":");
	const open = new Set<Socket>();
	const hand = (from: Socket, to: Socket): void => {
		open.add(from);
		from.on("data", (chunk) => {
			setTimeout(() => to.write(chunk), lateMs);
		});
		from.on("error", () => {
			// The other side is told by the end of its own connection.
		});
		from.on("close", () => {
			open.delete(from);
			to.destroy();
		});
	};
	const server = createServer((client) => {
		const upstream = connect({ host, port: Number(port) });
		hand(client, upstream);
		hand(upstream, client);
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
		stop: () => {
			server.close();
			for (const socket of open) socket.destroy();
		},
	};
};
