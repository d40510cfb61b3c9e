/** Whatever is wrong with an argument of a command that changes something: one clear line, and nothing is changed. */
import {
	afterAll,
	afterEach,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
} from "vitest";
import {
	createFixture,
	type Fixture,
	fillServers,
	NOW,
	replica,
	server,
} from "../../test/support/command-line.ts";
import { lineOf } from "../../test/support/command-lines.ts";
import { planningOperator } from "../../test/support/planning-operator.ts";
import { storePicture } from "../../test/support/store-picture.ts";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../../test/support/temporary-api.ts";
import type { Command } from "../cli/command.ts";
import { COMMANDS } from "../cli/command-table.ts";
import type { OperationRequest } from "../planning/operation.ts";
import type { Store } from "../store/contract.ts";
import { ACTIONS, OPERATIONS } from "./tables.ts";

const CHANGING = COMMANDS.filter(({ access }) => access === "changes");

const SERVERS = [
	server("db1.ny", { replicas: ["db2.ny:3306", "db4.ny:3306", "gone:3306"] }),
	replica("db2.ny", "db1.ny", 1),
	replica("db3.ny", "db2.ny", 2),
	replica("db4.ny", "db1.ny", 1),
	server("web1", { readOnly: true }),
	server("x1"),
];

/** Beside those of the fixture. */
const fillMore = async (store: Store): Promise<void> => {
	await store.inventory.save([
		replica("db4.ny", "db1.ny", 1),
		replica("gone", "db1.ny", 1),
		server("x1"),
	]);
	await store.clusters.adopt("db1.ny:3306", ["db4.ny:3306", "gone:3306"]);
	await store.clusters.adopt("x1:3306", ["x1:3306"]);
};

let fixture: Fixture;
beforeAll(async () => {
	fixture = await createFixture({ servers: SERVERS, rows: fillMore });
});
afterAll(() => fixture.remove());

let untouched: Awaited<ReturnType<typeof storePicture>>;
beforeEach(async () => {
	untouched = await fixture.inStore(storePicture);
});
/** Nothing that is refused leaves anything behind. */
afterEach(async () => {
	expect(await fixture.inStore(storePicture)).toEqual(untouched);
});

/** Of a line that is refused: longer ones are not read. */
const MOST_CHARACTERS = 700;

const QUIET = new Set(["recover", "recover-lite"]);

/** A line that has nobody to change. */
const changesNothing = async (line: string): Promise<void> => {
	const { accepted, told } = await ran(line);
	expect(accepted).toEqual([]);
	expect(told.stdout).toBe("");
};

const ran = async (line: string) => {
	const accepted: OperationRequest[] = [];
	const [name = ""] = line.split(" ");
	// In the drop-in form its refusal is no failure, and is not told.
	const run = QUIET.has(name) ? fixture.typed : fixture.run;
	const told = await run(
		`${line} -skip-continuous-registration`,
		planningOperator({
			withStore: fixture.inStore,
			servers: SERVERS,
			nowMs: NOW,
			accepted,
		}),
	);
	return { accepted, told };
};

const refused = async (line: string): Promise<void> => {
	const { accepted, told } = await ran(line);
	const { code, stdout, stderr } = told;
	expect({ accepted, code, stdout }).toEqual({
		accepted: [],
		code: 1,
		stdout: "",
	});
	expect(stderr).toMatch(/^[^\n]* FATAL [^\n]+\n$/);
	expect(stderr.length).toBeLessThan(MOST_CHARACTERS);
};

/** Nobody is moved that is not there. */
const BULK = new Set([
	"relocate-replicas",
	"move-replicas-gtid",
	"match-replicas",
	"match-up-replicas",
	"repoint-replicas",
	"move-up-replicas",
]);

/** The line with that flag's value in place of the usual one; without the flag for undefined. */
const withFlag = (
	command: Command,
	flag: string,
	value: string | undefined,
): string => {
	const rest = lineOf(command)
		.replace(new RegExp(` ${flag} \\S+`), "")
		// A pair of flags selects a cluster.
		.replace(flag === "-i" ? / -alias \S+/ : /^$/, "");
	return value === undefined ? rest : `${rest} ${flag} ${value}`;
};

const LONG = "x".repeat(100_000);

/** What is no value of that flag. */
const NO_VALUE: Readonly<Record<string, readonly string[]>> = {
	"-i": [";drop", "a:b:c:", "db2:99999", LONG],
	"-d": [";drop", "a:b:c:", "db2:99999", LONG],
	"-alias": ["nosuch", LONG],
	"-duration": ["soon", "-5m", "1y", LONG],
	"-tag": ["=x", LONG],
	"-promotion-rule": ["must", "best", LONG],
	"-pattern": ["(", LONG],
	"-pool": [LONG],
	"-hostname": [";drop", LONG],
	"-reason": [],
	"-owner": [],
	"-binlog": [],
};

/** Where a value that is none counts for nothing, as in the reference. */
const PASSED_OVER = new Set([
	// Nothing selected: nothing is acknowledged, or all are written.
	"ack-cluster-recoveries -alias",
	"submit-masters-to-kv-stores -alias",
	// Without one the name is taken away.
	"register-hostname-unresolve -hostname",
]);

test("a flag that is given twice is refused where a person types it; as a Go program does, the drop-in form takes the last", async () => {
	for (const { name, flags } of CHANGING)
		for (const { flag } of flags.filter(({ flag }) => flag in NO_VALUE)) {
			const told = await fixture.typed(
				`${name} ${flag} prefer ${flag} neutral`,
			);
			expect(told).toMatchObject({
				code: 1,
				stdout: "",
				stderr: expect.stringMatching(
					new RegExp(`FATAL ${flag} is given twice, and nothing was done`),
				),
			});
		}
	expect((await fixture.run("tags -i nobody -i db2")).stdout).toBe(
		(await fixture.run("tags -i db2")).stdout,
	);
});

const casesOf = (command: Command): string[] =>
	command.flags.flatMap(({ flag, isRequired }) => [
		...(isRequired && !PASSED_OVER.has(`${command.name} ${flag}`)
			? [withFlag(command, flag, undefined)]
			: []),
		...(PASSED_OVER.has(`${command.name} ${flag}`)
			? []
			: (NO_VALUE[flag] ?? []).map((value) => withFlag(command, flag, value))),
	]);

describe("on the command line", () => {
	test.each(
		CHANGING.map((each) => [each.name, each] as const).filter(
			([, each]) => casesOf(each).length > 0,
		),
	)("%s", async (_, command) => {
		const told = [];
		for (const line of casesOf(command))
			try {
				await refused(line);
			} catch (error) {
				told.push(`${line.slice(0, 200)}: ${String(error).slice(0, 1500)}`);
			}
		expect(told).toEqual([]);
	});
});

/** A pair of servers that cannot be what is asked for. */
const PAIRS: Readonly<Record<string, readonly (readonly [string, string])[]>> =
	{
		instance: [
			["db2", "x1"],
			["x1", "db2"],
			["db2", "db2"],
			["db2", "db3"],
			["db2", "gone"],
			["gone", "db2"],
			["db2", "nobody"],
			["nobody", "db2"],
		],
		cluster: [
			["shop", "x1"],
			["shop", "db1"],
			["shop", "gone"],
			["shop", "nobody"],
		],
	};

const isAboutCluster = ({ flags }: Command): boolean =>
	flags.some(({ flag }) => flag === "-alias");

describe("servers that cannot be meant", () => {
	const taking = CHANGING.filter(({ flags }) =>
		flags.some(({ flag }) => flag === "-d"),
	);
	test.each(taking.map((each) => [each.name, each] as const))(
		"%s",
		async (name, command) => {
			const kind = isAboutCluster(command) ? "cluster" : "instance";
			const told = [];
			for (const [about, to] of PAIRS[kind] ?? []) {
				const line = `${name} ${kind === "cluster" ? "-alias" : "-i"} ${about} -d ${to}`;
				try {
					const isOfNobody =
						BULK.has(name) && (about === "gone" || to === "db3");
					await (isOfNobody ? changesNothing : refused)(line);
				} catch (error) {
					told.push(`${line}: ${String(error).slice(0, 1500)}`);
				}
			}
			expect(told).toEqual([]);
		},
	);

	test("whom nobody knows, and whom nobody reaches", async () => {
		const told = [];
		for (const { name, flags, severity } of CHANGING) {
			if (severity === undefined || flags.some(({ flag }) => flag === "-alias"))
				continue;
			const rest = flags
				.filter(({ flag, isRequired }) => isRequired && flag !== "-i")
				.map(({ flag }) =>
					flag === "-d"
						? "-d db1"
						: flag === "-binlog"
							? "-binlog bin.000001"
							: "-duration 2h",
				)
				.join(" ");
			for (const about of ["nobody", "gone"]) {
				const line = `${name} -i ${about} ${rest}`.trim();
				try {
					await (BULK.has(name) && about === "gone" ? changesNothing : refused)(
						line,
					);
				} catch (error) {
					told.push(`${line}: ${String(error).slice(0, 700)}`);
				}
			}
		}
		expect(told).toEqual([]);
	});
});

/** What each parameter of a route may be, and what is none of it; `LONG` for one that is too long. */
const PARAMETERS: Readonly<
	Record<string, readonly [string, readonly string[]]>
> = {
	host: ["db2", ["%3Bdrop", "LONG"]],
	port: ["3306", ["0", "99999", "x", "LONG"]],
	belowHost: ["db1", ["%3Bdrop", "LONG"]],
	belowPort: ["3306", ["0", "99999", "x"]],
	siblingHost: ["db3", ["%3Bdrop", "LONG"]],
	siblingPort: ["3306", ["0", "99999", "x"]],
	clusterHint: ["orders", ["nosuch", "LONG"]],
	clusterAlias: ["orders", ["nosuch", "LONG"]],
	clusterName: ["db1:3306", ["LONG"]],
	owner: ["me", ["LONG"]],
	reason: ["disk", ["LONG"]],
	duration: ["2h", ["soon", "-5m", "LONG"]],
	promotionRule: ["prefer", ["must", "LONG"]],
	virtualname: ["vip", ["%3Bdrop", "LONG"]],
	pool: ["p", ["LONG"]],
	tagName: ["role", ["LONG"]],
	tagValue: ["x", []],
	logFile: ["bin.000001", ["LONG"]],
	seconds: ["5", ["x", "-5", "LONG"]],
	process: ["7", ["x", "LONG"]],
	maintenanceKey: ["1", ["x", "LONG"]],
	recoveryId: ["1", ["x", "LONG"]],
	uid: ["u", ["LONG"]],
	// The reference takes a pair that it cannot read for none, and chooses somebody.
	candidateHost: ["db2", ["%3Bdrop", "LONG"]],
	candidatePort: ["3306", ["0", "99999", "x", "LONG"]],
	designatedHost: ["db2", ["%3Bdrop", "LONG"]],
	designatedPort: ["3306", ["0", "99999", "x", "LONG"]],
};

const LONG_IN_PATH = "x".repeat(5_000);

/** The path with usual values, but for one. */
const pathOf = (route: string, name: string, value: string): string =>
	route.replaceAll(/:(\w+)/g, (_, each: string) => {
		const usual = PARAMETERS[each]?.[0] ?? "";
		return each === name ? value.replace("LONG", LONG_IN_PATH) : usual;
	});

const ROUTED = [...OPERATIONS, ...ACTIONS].flatMap((row) =>
	row.routes.length > 0 ? [[row.name, row] as const] : [],
);

const isRefused = (
	{ status }: Response,
	body: { readonly Code: string; readonly Message: string },
): boolean =>
	status === 500 &&
	body.Code === "ERROR" &&
	/^[^\n]{1,700}$/.test(body.Message) &&
	!/internal error/.test(body.Message);

describe("in the API", () => {
	let served: TemporaryApi;
	beforeAll(async () => {
		served = await serveTemporaryApi({ config: { AuditToBackendDB: false } });
		await served.fill();
	});
	afterAll(() => served.stop());

	test.each(ROUTED)("%s", async (_, { routes }) => {
		const before = await storePicture(served.store);
		const told = [];
		for (const route of routes)
			for (const [, name = ""] of route.matchAll(/:(\w+)/g)) {
				const [, bad] = PARAMETERS[name] ?? [];
				if (bad === undefined) throw new Error(`no values for ${name}`);
				for (const value of bad) {
					const query = route.startsWith("ack-") ? "?comment=seen" : "";
					const path = pathOf(route, name, value) + query;
					const response = await fetch(`${served.address}/api/${path}`, {
						method: "POST",
					});
					const body = await response.json();
					if (!isRefused(response, body))
						told.push(
							`${route} with ${name} ${value}: ${response.status} ${JSON.stringify(body).slice(0, 300)}`,
						);
				}
			}
		expect(told).toEqual([]);
		expect(served.scripted.asked).toEqual([]);
		expect(await storePicture(served.store)).toEqual(before);
	});

	/** Of what stands beside the path: twice, of another kind, or what no JSON of a client should hold. */
	const BESIDE: readonly ((name: string) => readonly [string, unknown?])[] = [
		(name) => [`?${name}=a&${name}=b`],
		(name) => ["", { [name]: ["a", "b"] }],
		(name) => ["", { [name]: { toString: 1 } }],
		(name) => ["", { [name]: 7 }],
		(name) => ["", { [name]: null }],
		(name) => ["", { [name]: "x".repeat(1_000_000) }],
	];

	test.each(
		[...OPERATIONS, ...ACTIONS].flatMap(({ name, routes, query }) =>
			routes.length > 0 && query.length > 0
				? [[name, { routes, query }] as const]
				: [],
		),
	)("%s, by what stands beside its path", async (_, { routes, query }) => {
		const before = await storePicture(served.store);
		const told = [];
		for (const route of routes)
			for (const name of query)
				for (const [at, make] of BESIDE.entries()) {
					const [beside, body] = make(name);
					const response = await fetch(
						`${served.address}/api/${pathOf(route, "", "")}${beside}`,
						{
							method: "POST",
							...(body === undefined
								? {}
								: {
										headers: { "content-type": "application/json" },
										body: JSON.stringify(body),
									}),
						},
					);
					const answer = await response.json();
					if (!isRefused(response, answer))
						told.push(
							`${route} with ${name}, ${at}: ${response.status} ${JSON.stringify(answer).slice(0, 300)}`,
						);
				}
		expect(told).toEqual([]);
		expect(served.scripted.asked).toEqual([]);
		expect(await storePicture(served.store)).toEqual(before);
	});

	test.each(ROUTED)(
		"%s, of which only what it would do is asked",
		async (_, { routes }) => {
			const before = await storePicture(served.store);
			for (const route of routes)
				for (const word of ["yes", "True"]) {
					const path = `${served.address}/api/${pathOf(route, "", "")}`;
					for (const response of [
						await fetch(`${path}?dryRun=${word}`),
						await fetch(path, {
							method: "POST",
							headers: { "content-type": "application/json" },
							body: JSON.stringify({ dryRun: word }),
						}),
					])
						expect(await response.json()).toEqual({
							Code: "ERROR",
							Message: expect.stringMatching(
								/^([\w-]+ cannot be asked for in advance over the API, and nothing was done|dryRun must be true or false, and nothing was done)/,
							),
							Details: null,
						});
				}
			expect(served.scripted.asked).toEqual([]);
			expect(await storePicture(served.store)).toEqual(before);
		},
	);

	test("a path of a megabyte, and one that lacks its end", async () => {
		const before = await storePicture(served.store);
		const long = await fetch(
			`${served.address}/api/stop-replica/${"x".repeat(1_000_000)}/3306`,
		);
		expect(long.status).toBe(431);
		const shapes = ROUTED.flatMap(([, { routes }]) => routes).map((route) =>
			route.split("/"),
		);
		for (const [head = "", ...rest] of shapes) {
			const isCallToo = shapes.some(
				(each) => each[0] === head && each.length === rest.length,
			);
			if (rest.length === 0 || isCallToo) continue;
			const path = pathOf([head, ...rest.slice(0, -1)].join("/"), "", "");
			const response = await fetch(`${served.address}/api/${path}`, {
				method: "POST",
			});
			expect([path, response.status]).toEqual([path, 404]);
		}
		expect(served.scripted.asked).toEqual([]);
		expect(await storePicture(served.store)).toEqual(before);
	});
});

describe("in the API, servers that cannot be meant", () => {
	const accepted: OperationRequest[] = [];
	let served: TemporaryApi;
	beforeAll(async () => {
		served = await serveTemporaryApi({
			config: { AuditToBackendDB: false },
			operator: (store) =>
				planningOperator({
					withStore: (work) => work(store),
					servers: SERVERS,
					nowMs: NOW,
					accepted,
				}),
		});
		await fillServers(served.store);
		await fillMore(served.store);
	});
	afterAll(() => served.stop());
	beforeEach(() => {
		accepted.length = 0;
	});

	const inFull = (host: string): string =>
		/^db\d$/.test(host) ? `${host}.ny` : host.replace("shop", "db1.ny");

	/** The second server of a route, by the names of its parameters. */
	const SECOND = /:(below|sibling|designated|candidate)Host\/:\1Port/;

	const taking = OPERATIONS.flatMap(({ name, routes }) =>
		routes
			.filter((route) => SECOND.test(route) && route.includes(":host/:port"))
			.map((route) => [name, route] as const),
	);

	test.each(taking)("%s: %s", async (name, route) => {
		const before = await storePicture(served.store);
		const told = [];
		// Of a takeover the first is any server of the cluster.
		const kind = route.includes("designated") ? "cluster" : "instance";
		for (const [about, to] of PAIRS[kind] ?? []) {
			const path = route
				.replace(":host/:port", `${inFull(about)}/3306`)
				.replace(SECOND, `${inFull(to)}/3306`);
			const response = await fetch(`${served.address}/api/${path}`, {
				method: "POST",
			});
			const body = await response.json();
			const isOfNobody = BULK.has(name) && (about === "gone" || to === "db3");
			if (!isOfNobody && !isRefused(response, body))
				told.push(
					`${path}: ${response.status} ${JSON.stringify(body).slice(0, 300)}`,
				);
		}
		expect(told).toEqual([]);
		expect(accepted).toEqual([]);
		expect(await storePicture(served.store)).toEqual(before);
	});

	test.each(
		OPERATIONS.flatMap(({ name, routes }) =>
			routes
				.filter((route) => /:host\/:port/.test(route) && !SECOND.test(route))
				.map((route) => [name, route] as const),
		),
	)("%s: %s of nobody, and of whom nobody reaches", async (name, route) => {
		const before = await storePicture(served.store);
		for (const about of ["nobody", "gone"]) {
			const path = pathOf(
				route.replace(":host/:port", `${about}/3306`),
				"",
				"",
			);
			const response = await fetch(`${served.address}/api/${path}`, {
				method: "POST",
			});
			const body = await response.json();
			// It tells a cluster, whose primary is reached; or of its replicas there are none.
			const isMeant = name === "force-master-failover" || BULK.has(name);
			if (isMeant && about === "gone") {
				accepted.length = 0;
				continue;
			}
			expect([path, body, isRefused(response, body)]).toEqual([
				path,
				expect.anything(),
				true,
			]);
		}
		expect(accepted).toEqual([]);
		expect(await storePicture(served.store)).toEqual(before);
	});
});
