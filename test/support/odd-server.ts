/** For tests: what speaks as a mysqld until it is asked something, and then sends whatever the test says. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import {
	type InstanceName,
	instanceName,
} from "../../src/topology/instance-name.ts";
import { okPacket, packet, packets } from "../lab/packets.ts";

/** Of 8.0.36, with the plugin that asks for no more than one answer. */
const GREETING = packet(
	0,
	Buffer.concat([
		Buffer.from([10]),
		Buffer.from("8.0.36\0"),
		Buffer.from([1, 0, 0, 0]),
		Buffer.from("abcdefgh\0"),
		Buffer.from([0xff, 0xf7, 33, 2, 0, 0xff, 0x81, 21]),
		Buffer.alloc(10),
		Buffer.from("ijklmnopqrst\0"),
		Buffer.from("mysql_native_password\0"),
	]),
);

const LET_IN = packet(2, Buffer.from([0, 0, 0, 2, 0, 0, 0]));

export interface OddServer {
	readonly name: InstanceName;
	/** Says a word to everybody who is there. @returns how many take it, a moment later */
	listening(): Promise<number>;
	/** Commands that came, each with its first byte; of a query the text. */
	readonly asked: readonly string[];
	stop(): Promise<void>;
}

/** Nobody listens to it any more, within a second at most. */
export const isLeft = async (server: OddServer): Promise<boolean> => {
	for (let nth = 0; nth < 50; nth++)
		if ((await server.listening()) === 0) return true;
	return false;
};

interface Manners {
	/** In place of a greeting. */
	readonly greets?: (socket: Socket) => void;
	/** To all but the first statement of a session, which sets its modes. */
	readonly answers?: (socket: Socket, sql: string) => void;
}

/** Sends it again and again, as fast as it is taken. */
export const floodWith =
	(piece: (nth: number) => Buffer, before: Buffer = Buffer.alloc(0)) =>
	(socket: Socket): void => {
		let nth = 0;
		const send = (): void => {
			if (!socket.destroyed)
				socket.write(piece(nth++), () => setImmediate(send));
		};
		socket.write(before);
		send();
	};

const QUIT = 1;
const QUERY = 3;

export const startOddServer = async ({
	greets = (socket) => socket.write(GREETING),
	answers = () => undefined,
}: Manners): Promise<OddServer> => {
	const asked: string[] = [];
	const open = new Set<Socket>();
	// It does not end a connection because the other side says that it has nothing more to say: nor does a mysqld that hangs.
	const server = createServer({ allowHalfOpen: true }, (socket) => {
		open.add(socket);
		socket.on("error", () => undefined);
		socket.on("close", () => open.delete(socket));
		const whole = packets();
		let isIn = false;
		let isPinned = false;
		socket.on("data", (chunk) => {
			for (const { payload } of whole(chunk)) {
				if (!isIn) {
					isIn = true;
					socket.write(LET_IN);
					continue;
				}
				const sql = payload.subarray(1).toString();
				asked.push(payload[0] === QUERY ? sql : `${payload[0]}`);
				if (payload[0] === QUIT) socket.end();
				else if (isPinned) answers(socket, sql);
				else socket.write(okPacket());
				isPinned = true;
			}
		});
		greets(socket);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		name: instanceName("127.0.0.1", (server.address() as AddressInfo).port),
		listening: async () => {
			for (const socket of open) socket.write(Buffer.from([1]));
			await delay(20);
			return open.size;
		},
		asked,
		stop: async () => {
			for (const socket of open) socket.destroy();
			server.close();
			await once(server, "close");
		},
	};
};
