import { describe, expect, test } from "vitest";
import type { ChannelTarget } from "./channel-statements.ts";
import type { Dialect } from "./dialect.ts";
import { classic } from "./dialects/classic/dialect.ts";
import { legacy } from "./dialects/legacy/dialect.ts";
import { mariadb } from "./dialects/mariadb/dialect.ts";
import { maxscale } from "./dialects/maxscale/dialect.ts";
import { modern } from "./dialects/modern/dialect.ts";

const DIALECTS: readonly Dialect[] = [legacy, classic, modern, mariadb];
const TARGET: ChannelTarget = {
	source: "db1:3306",
	heartbeatSeconds: 0.5,
	tls: false,
};

/** With the values in their places, as the server reads it. */
const read = ({
	sql,
	values,
}: {
	readonly sql: string;
	readonly values: readonly unknown[];
}): string => {
	const left = [...values];
	const text = sql.replace(/\?/g, () => JSON.stringify(left.shift()));
	expect(left).toEqual([]);
	return text;
};

describe.each(DIALECTS)("statements about a channel to $name servers", (to) => {
	test("name it, the default one too", () => {
		for (const channel of ["", "two"])
			for (const statement of [
				to.stopReceiver(channel),
				to.startReceiver(channel),
				to.stopApplier(channel),
				to.startApplier(channel),
				to.stopReplica(channel),
				to.startReplica(channel),
				to.startUntil(channel, { file: "binlog.000007", position: 4 }),
				to.resetReplicaAll(channel),
				to.unsetSource(channel),
				to.changeSource(channel, TARGET),
				to.changeDelay(channel, 5, 0.5),
				to.changeLogin(channel, { user: "repl", password: "secret" }, 0.5),
			]) {
				expect(statement.values).toContain(channel);
				expect(read(statement)).toContain(
					to.name === "mariadb"
						? ` ${JSON.stringify(channel)}`
						: ` FOR CHANNEL ${JSON.stringify(channel)}`,
				);
			}
	});

	test("change of a channel that is there nothing but where it points, and what would be lost with that", () => {
		const said = read(to.changeSource("two", TARGET));
		expect(said).toContain('_HOST = "db1"');
		expect(said).toContain("_PORT = 3306");
		expect(said).toContain("_HEARTBEAT_PERIOD = 0.5");
		expect(said).not.toMatch(/GTID|AUTO_POSITION|RETRY|USER|PASSWORD|SSL/);
	});

	test("ask for the source's key only where the channel has no TLS, and the server knows such a thing", () => {
		const asks = (tls: boolean) =>
			/PUBLIC_KEY/.test(read(to.changeSource("", { ...TARGET, tls })));
		expect(asks(true)).toBe(false);
		expect(asks(false)).toBe(to === modern || to === classic);
	});

	test("lay one that is not there by GTID, with frequent tries and a login", () => {
		const anew = { user: "repl", password: "secret" };
		const said = read(to.changeSource("", { ...TARGET, tls: true, anew }));
		expect(said).toMatch(/USE_GTID = slave_pos|AUTO_POSITION = 1/);
		expect(said).toMatch(/_CONNECT_RETRY = 1\b/);
		expect(said).toMatch(/_USER = "repl", \w+_PASSWORD = "secret"/);
		expect(said).toMatch(/_SSL = 1/);
		// One that has kept its login is not given an empty one.
		const kept = read(
			to.changeSource("", { ...TARGET, anew: { user: "", password: "" } }),
		);
		expect(kept).not.toMatch(/USER|PASSWORD|SSL/);
		const position = { file: "bin.000001", position: 4 };
		const placed = read(to.changeSource("", { ...TARGET, anew, position }));
		expect(placed).toMatch(/_LOG_FILE = "bin.000001", \w+_LOG_POS = 4/);
		expect(placed).toMatch(/USE_GTID = no|AUTO_POSITION = 0/);
		expect(placed).not.toMatch(/slave_pos|AUTO_POSITION = 1/);
	});
});

test("statements about a channel as the manuals have them", () => {
	expect(read(modern.stopReceiver("two"))).toBe(
		'STOP REPLICA IO_THREAD FOR CHANNEL "two"',
	);
	expect(read(classic.resetReplicaAll(""))).toBe(
		'RESET SLAVE ALL FOR CHANNEL ""',
	);
	expect(read(mariadb.startApplier("two"))).toBe(
		'START SLAVE "two" SQL_THREAD',
	);
	expect(read(mariadb.changeDelay("", 5, 0.5))).toBe(
		'CHANGE MASTER "" TO MASTER_DELAY = 5, MASTER_HEARTBEAT_PERIOD = 0.5',
	);
	expect(read(modern.changeDelay("", 5, 0.5))).toBe(
		'CHANGE REPLICATION SOURCE TO SOURCE_DELAY = 5 FOR CHANNEL ""',
	);
});

test("statements to a binlog server name neither a channel nor a place: it has one thread, and goes on where it stands", () => {
	expect(read(maxscale.stopReplica(""))).toBe("STOP SLAVE");
	expect(read(maxscale.startReplica(""))).toBe("START SLAVE");
	expect(read(maxscale.resetReplicaAll(""))).toBe("RESET SLAVE");
	const position = { file: "bin.000001", position: 4 };
	expect(read(maxscale.changeSource("", { ...TARGET, position }))).toBe(
		'CHANGE MASTER TO MASTER_HOST = "db1", MASTER_PORT = 3306',
	);
});
