import { readFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Configuration } from "../config/keys.ts";
import { errors, errorText } from "../errors.ts";
import { parseListenAddress } from "./open-listener.ts";

type ListenSettings = Pick<
	Configuration,
	| "ListenAddress"
	| "ListenSocket"
	| "UseSSL"
	| "SSLCertFile"
	| "SSLPrivateKeyFile"
>;

export interface Listening {
	/** Where it listens: `http://host:port`, or the path of the socket. */
	readonly address: string;
	readonly port: number;
	/** Takes no new connections, ends those that are open, and resolves when all are gone. */
	close(): Promise<void>;
}

const serverFor = async (
	listener: RequestListener,
	settings: ListenSettings,
): Promise<Server> => {
	if (!settings.UseSSL) return createServer(listener);
	const [cert, key] = await Promise.all([
		readFile(settings.SSLCertFile),
		readFile(settings.SSLPrivateKeyFile),
	]);
	return createTlsServer({ cert, key, minVersion: "TLSv1.2" }, listener);
};

const listenOn = (server: Server, settings: ListenSettings): Promise<void> =>
	new Promise((resolve, reject) => {
		server.once("error", reject);
		const { host, port } = parseListenAddress(settings.ListenAddress);
		if (settings.ListenSocket !== "")
			server.listen(settings.ListenSocket, resolve);
		else if (host === "") server.listen(port, resolve);
		else server.listen(port, host, resolve);
	});

const describe = (server: Server, settings: ListenSettings) => {
	const bound = server.address();
	if (bound === null || typeof bound === "string")
		return { address: bound ?? settings.ListenSocket, port: 0 };
	const host = bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
	const scheme = settings.UseSSL ? "https" : "http";
	return { address: `${scheme}://${host}:${bound.port}`, port: bound.port };
};

const closing = (server: Server): Promise<void> =>
	new Promise((resolve, reject) => {
		server.close((error) => (error ? reject(error) : resolve()));
		server.closeAllConnections();
	});

/** Serves on ListenAddress or ListenSocket. @throws BatonError BadConfiguration when it cannot */
export const listen = async (
	listener: RequestListener,
	settings: ListenSettings,
): Promise<Listening> => {
	const place = settings.ListenSocket || settings.ListenAddress;
	try {
		const server = await serverFor(listener, settings);
		await listenOn(server, settings);
		return { ...describe(server, settings), close: () => closing(server) };
	} catch (error) {
		throw errors.cannotListen(
			{ place, why: errorText(error) },
			{ cause: error },
		);
	}
};
