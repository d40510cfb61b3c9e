import { expect, it } from "vitest";
import type { Servers } from "./servers.ts";
import type { Session } from "./session.ts";
import { shut } from "./shut.ts";

/** A session to a server that takes writes and replicates from nobody, and what was asked of it. */
const writable = () => {
	const asked: string[] = [];
	const session: Pick<Session, "server" | "query" | "close"> = {
		server: "a:3306",
		query: async (sql) => {
			asked.push(sql);
			return sql.includes("@@version AS version")
				? [{ version: "8.4.0", read_only: 0 }]
				: [];
		},
		close: () => asked.push("close"),
	};
	const servers = { open: async () => session } as unknown as Servers;
	return { servers, asked };
};

const isSet = (sql: string) => sql.includes("read_only = ");

it("a server that was made the primary since it was looked at is not closed", async () => {
	const { servers, asked } = writable();
	let asks = 0;
	const isToBe = async () => {
		asks += 1;
		return asks === 1;
	};
	expect(await shut(servers, "a:3306", isToBe)).toBe("open");
	expect(asks).toBe(2);
	expect(asked.filter(isSet)).toEqual([]);
	expect(asked.at(-1)).toBe("close");
});

it("one that still is to be closed is asked about right before", async () => {
	const { servers, asked } = writable();
	const isToBe = async () => {
		asked.push("asked");
		return true;
	};
	expect(await shut(servers, "a:3306", isToBe)).toBe("closed now");
	const at = asked.findIndex(isSet);
	expect(asked[at - 1]).toBe("asked");
});
