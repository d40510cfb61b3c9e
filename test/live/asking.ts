// How a test asks a system's node, over its command line and its API.

import { expect } from "vitest";
import type { Envelope } from "../lab/baton-process.ts";
import type { LabServer } from "../lab/server.ts";
import type { ServerOptions } from "../lab/server-options.ts";
import { logTail, type System } from "./system.ts";

/** Of the system that stands when it is asked. */
export const asking = (system: () => System) => {
	const command = (...words: string[]) =>
		system().baton.command("-c", ...words);
	return {
		command,
		/** What the command printed; it must have succeeded. */
		printed: async (...words: string[]): Promise<string> => {
			const done = await command(...words);
			expect(done, `${done.stderr}\n${logTail(system())}`).toMatchObject({
				code: 0,
			});
			return done.stdout;
		},
		/** The command must be refused, with a sentence that fits on stderr, and nothing printed. */
		refusedBecause: async (why: RegExp, ...words: string[]): Promise<void> =>
			expect(
				await command(...words),
				`${words.join(" ")}\n${logTail(system())}`,
			).toMatchObject({
				code: 1,
				stdout: "",
				stderr: expect.stringMatching(why),
			}),
		/** What the route answered; it must have succeeded. */
		called: async (route: string): Promise<Envelope> => {
			const answer = await system().baton.get<Envelope>(route);
			expect(answer, logTail(system())).toMatchObject({ Code: "OK" });
			return answer;
		},
	};
};

/** A server, or what stands for one, as it is called. */
type Called = Pick<LabServer, "name" | "host" | "port">;

/** As routes name a server. */
export const path = (server: Called): string => `${server.host}/${server.port}`;

/** As the API's answers name a server. */
export const keyOf = (server: Called) => ({
	Hostname: server.host,
	Port: server.port,
});

/** As commands print servers. */
export const lines = (...servers: Called[]): string =>
	servers.map((each) => `${each.name}\n`).join("");

/** The primary, and three replicas by their ports. */
export const fourOf = (
	system: System,
): readonly [LabServer, LabServer, LabServer, LabServer] => {
	const [a, b, c] = system.replicas.toSorted((x, y) => x.port - y.port);
	if (!a || !b || !c) throw new Error("lay three replicas");
	return [system.primary, a, b, c];
};

/** Servers that replicate by file and position, and can do no other. A strict one's applier would end at writes of its own. */
export const WITHOUT_GTID: Readonly<
	Record<"mysql" | "mariadb", ServerOptions>
> = {
	mysql: { gtid_mode: false, enforce_gtid_consistency: false },
	mariadb: { gtid_strict_mode: false },
};
