/** Which process listens where, told from another one that got its id or its port. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect, createServer } from "node:net";

/** Start time of a process in clock ticks; undefined when there is none, or no /proc. */
export const startedTicks = (pid: number): string | undefined => {
	try {
		return readFileSync(`/proc/${pid}/stat`, "utf8")
			.split(") ")[1]
			?.split(" ")[19];
	} catch {
		// No such process, or no /proc: then only the port tells.
		return undefined;
	}
};

export const isListening = (port: number): Promise<boolean> =>
	new Promise((resolve) => {
		const socket = connect({ host: "127.0.0.1", port });
		const end = (up: boolean) => {
			socket.destroy();
			resolve(up);
		};
		socket.once("connect", () => end(true));
		socket.once("error", () => end(false));
		socket.setTimeout(500, () => end(false));
	});

/** Whether it is this process that listens there: another server may have been quicker with the port. Linux tells; elsewhere the port must do. */
export const listensOn = (pid: number, port: number): boolean => {
	const hex = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
	try {
		const inodes = new Set(
			["tcp", "tcp6"].flatMap((table) =>
				readFileSync(`/proc/${pid}/net/${table}`, "utf8")
					.split("\n")
					.map((line) => line.trim().split(/\s+/))
					.filter((cells) => cells[1]?.endsWith(hex) && cells[3] === "0A")
					.map((cells) => `socket:[${cells[9]}]`),
			),
		);
		return readdirSync(`/proc/${pid}/fd`).some((fd) =>
			inodes.has(linkOf(`/proc/${pid}/fd/${fd}`)),
		);
	} catch {
		// No /proc: macOS and others.
		return !existsSync("/proc/self");
	}
};

const linkOf = (path: string): string => {
	try {
		return readlinkSync(path);
	} catch {
		// Closed in between.
		return "";
	}
};

export const isFree = (port: number): Promise<boolean> =>
	new Promise((resolve) => {
		const server = createServer();
		server.once("error", () => resolve(false));
		server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
	});

export const anyFreePort = (): Promise<number> =>
	new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const address = server.address();
			server.close(() =>
				typeof address === "object" && address !== null
					? resolve(address.port)
					: reject(new Error("no free port")),
			);
		});
	});

/** Signals a process; one that has ended needs none. */
export const end = (pid: number, signal: NodeJS.Signals): void => {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
	}
};
