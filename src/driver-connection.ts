/** Ends connections of mysql2, to the monitored servers and to the store's. */
import type { Socket } from "node:net";

/** What is asked of mysql2's connection. */
interface DriverConnection {
	destroy(): void;
	end(callback: () => void): unknown;
}

/** What it has within. */
interface Within {
	/** What it reads and writes: another one when it has gone over to TLS. */
	readonly stream: Socket;
	readonly packetParser: { onPacket: (packet: unknown) => void };
}

const within = (connection: DriverConnection): Within =>
	connection as unknown as Within;

export const socketOf = (connection: DriverConnection): Socket =>
	within(connection).stream;

/**
 * Gives it up at once. mysql2's own `destroy` only says that nothing more will be sent: while the other side says nothing the socket
 * stays, and what the other side goes on sending is read and kept.
 */
export const abandon = (connection: DriverConnection): void => {
	connection.destroy();
	const { stream, packetParser } = within(connection);
	stream.destroy();
	// What has come already.
	packetParser.onPacket = () => undefined;
};

/**
 * Ends it in good order, behind what is still asked: with COM_QUIT, so that the server does not count an aborted client, and then the
 * socket whatever comes of that.
 */
export const leave = (connection: DriverConnection): void => {
	// Called before the word is written.
	connection.end(() => setImmediate(() => socketOf(connection).destroySoon()));
};
