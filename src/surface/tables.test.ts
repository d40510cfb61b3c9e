/** Every row of the two tables is on both surfaces, as the reference spells it. */
import { beforeAll, describe, expect, test } from "vitest";
import {
	DROP_IN_ROUTES,
	REFERENCE_ROUTE_COUNT,
} from "../api/reference-routes.ts";
import type { Route } from "../api/route.ts";
import { spellingsOf } from "../api/synonyms.ts";
import { COMMANDS, commandNamed, isNotBuilt } from "../cli/command-table.ts";
import {
	isReferenceCommand,
	REFERENCE_COMMANDS,
} from "../cli/reference-commands.ts";
import { servedRoutes } from "../manual/api.ts";
import type { Described } from "./described.ts";
import { ACTIONS, OPERATIONS } from "./tables.ts";

const ROWS: readonly Described[] = [...OPERATIONS, ...ACTIONS];

let routes: readonly Route[];
beforeAll(async () => {
	routes = await servedRoutes();
});

const named = (rows: readonly Described[]) =>
	rows.map((row) => [row.name, row] as const);

describe("every row", () => {
	test("has a name of its own", () => {
		expect(new Set(ROWS.map((row) => row.name)).size).toBe(ROWS.length);
	});

	test.each(named(ROWS))("%s has its texts", (_, row) => {
		for (const line of [row.says, row.saysInApi])
			expect(line).toMatch(/^[A-Z][^\n]{5,79}[^.]$/);
		expect(row.says.length).toBeLessThan(72);
		expect(row.help).toMatch(/^[A-Z].*\.$/);
	});
});

/** What the stock client has, and the reference's command line has not; and what only Baton has. */
const OWN_COMMANDS = [
	"forget-cluster",
	"adopt",
	"stop-replica-nice",
	"gtid-errant-inject-empty",
	"delay-replication",
	"rolling-maintenance",
	"pause-rolling-maintenance",
	"resume-rolling-maintenance",
	"cancel-rolling-maintenance",
	"skip-rolling-maintenance",
];
const OWN_ROUTES = [
	"rolling-maintenance/:clusterHint",
	"pause-rolling-maintenance/:clusterHint",
	"resume-rolling-maintenance/:clusterHint",
	"cancel-rolling-maintenance/:clusterHint",
	"skip-rolling-maintenance/:host/:port",
	"adopt/:host/:port",
	"move-gtid/:host/:port/:belowHost/:belowPort",
];

/** orchestrator's flags: `!` is required, the others may be left out. `C` stands for the two that select a cluster. */
const FLAGS: Readonly<Record<string, string>> = {
	relocate: "i d!",
	"relocate-below": "i d!",
	"move-up": "i",
	"move-below": "i d!",
	"move-equivalent": "i d!",
	repoint: "i d",
	"move-gtid": "i d!",
	"relocate-replicas": "i d! pattern",
	"move-replicas-gtid": "i d! pattern",
	match: "i d!",
	"match-up": "i",
	rematch: "i",
	"match-replicas": "i d! pattern",
	"match-up-replicas": "i pattern",
	"regroup-replicas-pgtid": "i",
	"move-up-replicas": "i pattern",
	"repoint-replicas": "i d pattern",
	"take-siblings": "i",
	"regroup-replicas": "i",
	"regroup-replicas-gtid": "i",
	"regroup-replicas-bls": "i",
	"take-master": "i",
	"make-co-master": "i",
	recover: "i d",
	"recover-lite": "i d",
	"force-master-failover": "C",
	"force-master-takeover": "C d!",
	"graceful-master-takeover": "C d",
	"graceful-master-takeover-auto": "C d",
	discover: "i",
	forget: "i!",
	"forget-cluster": "C",
	"begin-maintenance": "i reason! duration owner",
	"end-maintenance": "i",
	// Required there, though it documents what holds without one: 10 minutes.
	"begin-downtime": "i reason! duration owner",
	"end-downtime": "i",
	"ack-all-recoveries": "reason! owner",
	"ack-cluster-recoveries": "reason! owner C",
	"ack-instance-recoveries": "reason! owner i",
	"disable-global-recoveries": "",
	"enable-global-recoveries": "",
	"register-candidate": "i promotion-rule",
	"register-hostname-unresolve": "i hostname!",
	"deregister-hostname-unresolve": "i",
	"set-heuristic-domain-instance": "C",
	"submit-pool-instances": "pool! i",
	tag: "i tag!",
	untag: "i tag!",
	"untag-all": "tag!",
	"submit-masters-to-kv-stores": "C",
	"snapshot-topologies": "",
	adopt: "i",
	"stop-replica": "i",
	"stop-replica-nice": "i",
	"start-replica": "i",
	"restart-replica": "i",
	"reset-replica": "i",
	"detach-replica-master-host": "i",
	"reattach-replica-master-host": "i",
	"skip-query": "i",
	"enable-gtid": "i",
	"disable-gtid": "i",
	"delay-replication": "i duration!",
	"gtid-errant-reset-master": "i",
	"gtid-errant-inject-empty": "i",
	"enable-semi-sync-master": "i",
	"disable-semi-sync-master": "i",
	"enable-semi-sync-replica": "i",
	"disable-semi-sync-replica": "i",
	"set-read-only": "i",
	"set-writeable": "i",
	"flush-binary-logs": "i binlog",
	"purge-binary-logs": "i binlog!",
	"access-token": "owner",
	"rolling-maintenance": "C reason owner",
	"pause-rolling-maintenance": "C owner",
	"resume-rolling-maintenance": "C owner",
	"cancel-rolling-maintenance": "C owner",
	"skip-rolling-maintenance": "i owner",
	"reset-hostname-resolve-cache": "",
};

const flagsOf = (text: string): string[] =>
	text
		.replace("C", "alias i")
		.split(" ")
		.filter((each) => each !== "")
		.sort();

describe("on the command line", () => {
	const typed = ROWS.filter((row) => !row.isApiOnly);

	test("are all rows but those that only the API has", () => {
		expect(typed.map((row) => row.name).sort()).toEqual(
			Object.keys(FLAGS).sort(),
		);
		expect(ROWS.filter((row) => row.isApiOnly).map((row) => row.name)).toEqual([
			"make-local-master",
			"make-master",
			"kill-query",
			"async-discover",
			"refresh",
			"end-maintenance-by-key",
			"ack-cluster-recoveries-by-alias",
			"ack-recovery-by-id",
			"ack-recovery-by-uid",
			"set-cluster-alias",
		]);
	});

	test.each(named(typed))("%s is a command of the reference", (name, row) => {
		expect(isReferenceCommand(name) || OWN_COMMANDS.includes(name)).toBe(true);
		expect(isNotBuilt(name)).toBe(false);
		const command = commandNamed(name);
		expect(command).toMatchObject({
			access: "changes",
			category: row.category,
			summary: row.says,
			help: row.help,
		});
		for (const each of Object.values(row.takes)) expect(each.cli).toBeDefined();
	});

	test.each(named(typed))("%s takes the reference's flags", (name) => {
		const operation = OPERATIONS.find((row) => row.name === name);
		const own =
			operation === undefined ? " dry-run" : " no-wait dry-run break-glass";
		expect(
			(commandNamed(name)?.flags ?? [])
				.map(
					({ flag, isRequired }) => `${flag.slice(1)}${isRequired ? "!" : ""}`,
				)
				.sort(),
		).toEqual(flagsOf(`${FLAGS[name]}${own}`));
	});

	test("what is not built is what the reference has and no table", () => {
		const built = new Set(COMMANDS.map((each) => each.name));
		for (const name of REFERENCE_COMMANDS)
			expect(isNotBuilt(name)).toBe(!built.has(name));
	});
});

describe("in the API", () => {
	const called = ROWS.filter((row) => row.routes.length > 0);

	test("are all rows but those that only the command line has", () => {
		expect(
			ROWS.filter((row) => row.routes.length === 0).map((row) => row.name),
		).toEqual(["rematch", "set-heuristic-domain-instance", "access-token"]);
	});

	test.each(named(called))("%s has routes of the reference", (_, row) => {
		for (const path of row.routes)
			expect([...DROP_IN_ROUTES, ...OWN_ROUTES]).toContain(path);
		for (const path of row.routes.flatMap(spellingsOf)) {
			const route = routes.find((each) => each.path === path);
			expect(route).toMatchObject({
				access: "write",
				changes: true,
				failures: "drop-in",
				says: row.saysInApi,
				answering: { kind: "envelope" },
			});
			expect(route).not.toHaveProperty("isAbsent");
		}
	});

	test.each(named(called))("%s reads what its routes have", (_, row) => {
		for (const each of Object.values(row.takes)) expect(each.api).toBeDefined();
		const inPaths = row.routes.flatMap((path) =>
			[...path.matchAll(/:(\w+)/g)].map(([, name]) => name),
		);
		const fields = Object.keys(row.fields);
		for (const name of inPaths) expect(fields).toContain(name);
		for (const name of row.query) expect(fields).toContain(name);
	});

	test("operations say how urgent they are", () => {
		for (const row of OPERATIONS)
			for (const path of row.routes)
				expect(routes.find((each) => each.path === path)?.severity).toBe(
					row.severity,
				);
	});

	test("each of the reference's 221 routes is built, or says that it is not", () => {
		expect(REFERENCE_ROUTE_COUNT).toBe(221);
		for (const path of DROP_IN_ROUTES.flatMap(spellingsOf))
			expect(routes.filter((each) => each.path === path)).toHaveLength(1);
	});
});
