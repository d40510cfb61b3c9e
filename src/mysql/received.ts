import type mysql from "mysql2";
import { socketOf } from "../driver-connection.ts";
import { ServerFault } from "./driver-error.ts";

/** Nobody is greeted with more. Bytes. */
export const MOST_OF_GREETING = 1024 * 1024;

/** For whatever is asked at one time: an answer is kept as a whole before it is looked at. Bytes. */
export const MOST_OF_ANSWER = 128 * 1024 * 1024;

const MEBIBYTE = 1024 * 1024;

/** How much has come from a server, which is not trusted to end. */
export interface Received {
	/** It counts from nothing again. */
	anew(): void;
	/** It counts no longer. */
	end(): void;
}

/** @param tooMuch called when the server has sent more, at each piece that comes */
export const countReceived = (
	connection: mysql.Connection,
	mostBytes: number,
	tooMuch: (fault: ServerFault) => void,
): Received => {
	const socket = socketOf(connection);
	let bytes = 0;
	const count = (piece: Buffer): void => {
		bytes += piece.length;
		if (bytes <= mostBytes) return;
		tooMuch(
			new ServerFault(
				"own-fault",
				`the server sends more than ${mostBytes / MEBIBYTE} MiB at a time, and Baton reads no more of it`,
			),
		);
	};
	// Before the driver looks at the piece.
	socket.prependListener("data", count);
	return {
		anew: () => {
			bytes = 0;
		},
		end: () => socket.off("data", count),
	};
};
