import { get } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
	serveTemporaryApi,
	type TemporaryApi,
	type TemporaryApiOptions,
} from "../../test/support/temporary-api.ts";
import { unknownInstance } from "../topology/instance.ts";

let served: TemporaryApi;
const start = async (options?: TemporaryApiOptions) => {
	await served?.stop();
	served = await serveTemporaryApi(options);
	await served.fill();
};
beforeEach(async () => {
	served = await serveTemporaryApi();
	await served.fill();
});
afterEach(() => served.stop());

const ask = (path: string, init?: RequestInit) =>
	fetch(`${served.address}${path}`, { redirect: "manual", ...init });
const json = async (path: string, init?: RequestInit) => {
	const response = await ask(path, init);
	return { status: response.status, body: await response.json() };
};
const PAGE = {
	"user-agent": "Mozilla/5.0",
	"sec-fetch-site": "cross-site",
};

test("an unknown path is plain text, not JSON", async () => {
	for (const path of ["/api", "/api/", "/api/nope", "/web", "/api/%E0%A4%A"]) {
		const response = await ask(path);
		expect(response.status).toBe(404);
		expect(response.headers.get("content-type")).toBe(
			"text/plain; charset=utf-8",
		);
		expect(await response.text()).toBe("404 page not found\n");
	}
});

test.each([
	["no JSON", "{"],
	["no object", '"x"'],
	["too much", JSON.stringify("x".repeat(100_000))],
])("a body that is %s is told as what it is", async (_, body) => {
	const answer = await json("/api/lb-check", {
		method: "POST",
		headers: { "content-type": "application/json" },
		body,
	});
	expect(answer).toEqual({
		status: 500,
		body: {
			Code: "ERROR",
			Message: expect.stringContaining("the request cannot be read ("),
			Details: null,
		},
	});
});

test("answers compact JSON with the reference's type, zipped on demand", async () => {
	const response = await ask("/api/all-instances/");
	expect(response.headers.get("content-type")).toBe(
		"application/json; charset=UTF-8",
	);
	expect(response.headers.get("content-encoding")).toBe("gzip");
	expect(await response.json()).toHaveLength(3);
	const plain = await ask("/api/lb-check", {
		headers: { "accept-encoding": "identity" },
	});
	expect(await plain.text()).toBe('"OK"');
});

test("every answer forbids inline scripts and framing", async () => {
	const policy = (await ask("/api/lb-check")).headers.get(
		"content-security-policy",
	);
	expect(policy).toContain("script-src 'self'");
	expect(policy).not.toContain("unsafe");
	expect(policy).toContain("frame-ancestors 'none'");
});

test("every change in the table needs write authorisation", () => {
	const changes = served.api.routes.filter((route) => route.changes);
	expect(changes.length).toBeGreaterThan(30);
	expect(changes.filter((route) => route.access !== "write")).toEqual([]);
});

test("no two routes match the same path", () => {
	const shapes = served.api.routes.map((route) =>
		route.path.replace(/:\w+/g, ":"),
	);
	expect(new Set(shapes).size).toBe(shapes.length);
});

test("a foreign page cannot change anything, by GET or by POST", async () => {
	const path = "/api/begin-downtime/db2/3306/me/why/1h";
	for (const method of ["GET", "POST"]) {
		const { status, body } = await json(path, { method, headers: PAGE });
		expect(status).toBe(500);
		expect(body.Code).toBe("ERROR");
	}
	expect(await served.store.downtimes.active(Date.now())).toEqual([]);
});

test("a program changes by GET, our own page by POST, HEAD never", async () => {
	const path = "/api/begin-downtime/db2/3306/me%0A/why%0A";
	expect((await ask(path, { method: "HEAD" })).status).toBe(500);
	expect(await served.store.downtimes.active(Date.now())).toEqual([]);
	expect((await json(path)).body.Code).toBe("OK");
	const [downtime] = await served.store.downtimes.active(Date.now());
	expect(downtime).toMatchObject({ owner: "me", reason: "why" });
	const own = { ...PAGE, "sec-fetch-site": "same-origin" };
	const ended = await json("/api/end-downtime/db2/3306", {
		method: "POST",
		headers: own,
	});
	expect(ended.body.Code).toBe("OK");
	expect(await served.store.downtimes.active(Date.now())).toEqual([]);
});

test("POST to a read is an unknown path", async () => {
	expect((await ask("/api/clusters", { method: "POST" })).status).toBe(404);
});

test("a change leaves its asking and its result in the audit", async () => {
	await json("/api/end-downtime/db2/3306");
	const rows = await served.store.audit.page({ page: 0 });
	expect(rows.map((row) => row.type)).toEqual([
		"api-end-downtime",
		"api-end-downtime",
	]);
	expect(rows[0]?.message).toContain("was not downtimed");
	expect(rows[1]?.message).toContain("from 127.0.0.1");
	expect(rows[0]?.instance).toBe("db2:3306");
});

test("what the reference audits goes by its name", async () => {
	await json("/api/begin-downtime/db2/3306/ann/disk%0A/5m");
	await json("/api/tag/db2/3306/role/x");
	await json("/api/untag-all/role/x");
	await json("/api/ack-recovery/instance/db2/3306?comment=seen");
	await json("/api/disable-global-recoveries");
	const rows = await served.store.audit.page({ page: 0 });
	expect(rows.map((row) => row.message)).toContain(
		"asked for by somebody from 127.0.0.1: /api/ack-recovery/instance/db2/3306?comment=seen",
	);
	const results = rows.filter((row) => !row.type.startsWith("api-"));
	expect(
		results.map(({ type, instance, clusterName }) => [
			type,
			instance,
			clusterName,
		]),
	).toEqual([
		["disable-global-recoveries", "", ""],
		["ack-recovery", "db2:3306", "db1:3306"],
		["delete-instance-tag", "db2:3306", "db1:3306"],
		["put-instance-tag", "db2:3306", "db1:3306"],
		["begin-downtime", "db2:3306", "db1:3306"],
	]);
	expect(results[4]?.message).toMatch(
		/^owner: ann, reason: disk; asked for by somebody from 127\.0\.0\.1$/,
	);
});

test("ReadOnly refuses changes as the reference does", async () => {
	await start({ config: { ReadOnly: true } });
	expect(await json("/api/forget/db2/3306")).toEqual({
		status: 500,
		body: { Code: "ERROR", Message: "Unauthorized", Details: null },
	});
	expect((await json("/api/clusters")).status).toBe(200);
});

test("basic authentication guards everything, pages included", async () => {
	await start({
		config: {
			AuthenticationMethod: "basic",
			HTTPAuthUser: "u",
			HTTPAuthPassword: "p",
		},
	});
	for (const path of ["/api/lb-check", "/web/clusters", "/metrics", "/"]) {
		const response = await ask(path);
		expect(response.status).toBe(401);
		expect(response.headers.get("www-authenticate")).toBe(
			'Basic realm="Authorization Required"',
		);
		expect(await response.text()).toBe("Not Authorized\n");
	}
	const authorization = `Basic ${Buffer.from("u:p").toString("base64")}`;
	const known = { headers: { authorization } };
	expect((await ask("/api/lb-check", known)).status).toBe(200);
	const { body } = await json("/api/headers", known);
	expect(JSON.stringify(body)).not.toContain("Basic");
});

test("a prefix moves everything but a custom status route", async () => {
	await start({
		config: {
			URLPrefix: "orc/",
			StatusEndpoint: "/up",
			AuditToBackendDB: false,
		},
	});
	expect((await json("/orc/api/clusters")).body).toEqual(["db1:3306"]);
	expect((await ask("/api/clusters")).status).toBe(404);
	expect((await json("/up")).body.Code).toBe("OK");
	expect((await ask("/orc/api/status")).status).toBe(404);
	expect((await ask("/orc")).headers.get("location")).toBe("/orc/");
	expect((await ask("/orc/")).headers.get("location")).toBe(
		"/orc/web/clusters",
	);
});

test("a name that is not allowed is refused", async () => {
	await start({ config: { BatonHttpHosts: ["baton.example"] } });
	expect(await statusAs("localhost:1")).toBe(200);
	expect(await statusAs("baton.example")).toBe(200);
	expect(await statusAs("rebound.example")).toBe(421);
});

/** fetch does not let its Host be set. */
const statusAs = (host: string): Promise<number | undefined> =>
	new Promise((resolve, reject) => {
		get(`${served.address}/api/lb-check`, { headers: { host } }, (response) => {
			response.resume();
			resolve(response.statusCode);
		}).once("error", reject);
	});

test("a body that is no JSON is an error envelope", async () => {
	const { status, body } = await json("/api/ack-all-recoveries", {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: "{",
	});
	expect(status).toBe(500);
	expect(body.Code).toBe("ERROR");
});

test("describes every route", async () => {
	const { body } = await json("/api/openapi.json");
	expect(Object.keys(body.paths)).toHaveLength(served.api.routes.length);
	expect(body.paths["/api/instance/{host}/{port}"].get.parameters).toHaveLength(
		2,
	);
	expect(Object.keys(body.paths["/api/ack-all-recoveries"])).toEqual([
		"post",
		"get",
	]);
});

test("metrics count what is there", async () => {
	const text = await (await ask("/metrics")).text();
	expect(text).toContain("baton_instances 3");
	expect(text).toContain("baton_open_listener 0");
	expect(text).toContain("process_cpu_seconds_total");
});

test("a call of the reference that is not here is an envelope", async () => {
	for (const path of ["agent-seed-states/1", "agents"]) {
		const { status, body } = await json(`/api/${path}`);
		expect(status).toBe(500);
		expect(body.Message).toContain("not part of this version");
	}
});

test.each([
	"locate-gtid-errant",
	"restart-replica-statements",
	"last-pseudo-gtid",
])("%s connects to nobody who is not known", async (path) => {
	await start({ config: { PseudoGTIDPattern: "x" } });
	expect(await json(`/api/${path}/evil.example/3306`)).toEqual({
		status: 500,
		body: {
			Code: "ERROR",
			Message:
				"Cannot read instance: evil.example:3306 is not known; discover it first",
			Details: null,
		},
	});
	expect(served.looked).toEqual([]);
	await json(`/api/${path}/db2/3306`);
	expect(served.looked[0]).toBe("db2:3306");
});

test("wildcards of a cluster's name, however many, hold nobody up", async () => {
	await start();
	await served.store.inventory.save([
		{ ...unknownInstance("lost", 3306), clusterName: `${"a".repeat(60)}:3306` },
	]);
	expect((await json("/api/problems/%25a:3306")).body).toHaveLength(1);
	const beganMs = performance.now();
	expect(await json(`/api/problems/${"%25a".repeat(300)}!`)).toEqual({
		status: 200,
		body: [],
	});
	expect(performance.now() - beganMs).toBeLessThan(2_000);
});
