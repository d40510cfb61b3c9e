/** What people say about instances: tags, pools, virtual names, maintenance. */
import { createServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../../test/support/temporary-api.ts";

let served: TemporaryApi;
beforeEach(async () => {
	served = await serveTemporaryApi();
	await served.fill();
});
afterEach(() => served.stop());

const call = async (path: string) => {
	const response = await fetch(`${served.address}/api/${path}`);
	return { status: response.status, body: await response.json() };
};
const bodyOf = async (path: string) => {
	const { status, body } = await call(path);
	expect(status, JSON.stringify(body)).toBe(200);
	return body;
};
const done = async (path: string) => {
	const body = await bodyOf(path);
	expect(body.Code).toBe("OK");
	return body.Details;
};
const refused = async (path: string) => {
	const { status, body } = await call(path);
	expect(status).toBe(500);
	expect(body.Code).toBe("ERROR");
	return body;
};
const key = (host: string, port = 3306) => ({ Hostname: host, Port: port });

test("tags are set, read, selected by and removed", async () => {
	expect(await done("tag/db2/3306?tag=role%3Dbatch")).toEqual(key("db2"));
	expect(await done("tag/db2/3306/cold/very")).toEqual(key("db2"));
	expect(await done("tag/db1/3306?tag=role%3Dreport%0A")).toEqual(key("db1"));
	expect(await done("tag/new.example/3306/x/y?tag=cold")).toEqual(
		key("new.example"),
	);
	expect(await bodyOf("tags/db2/3306")).toEqual(["cold=very", "role=batch"]);
	expect(await bodyOf("tags/new.example/3306")).toEqual(["cold="]);
	expect(await bodyOf("tags/db3/3306")).toEqual([]);
	expect(await bodyOf("tag-value/db2/3306?tag=role")).toBe("batch");
	expect(await bodyOf("tag-value/db2/3306/cold")).toBe("very");
	expect((await refused("tag-value/db3/3306/cold")).Message).toBe(
		"tag cold not found for db3:3306; tags lists those that it has",
	);
	expect(await bodyOf("tagged?tag=role")).toEqual([key("db1"), key("db2")]);
	expect(await bodyOf("tagged?tag=role,~cold")).toEqual([key("db1")]);
	expect(await bodyOf("tagged?tag=role%3Dnothing")).toEqual([]);
	expect(await done("untag/db2/3306/role")).toEqual([key("db2")]);
	expect(await done("untag/db2/3306?tag=role")).toEqual([]);
	expect(await done("untag/db2/3306?tag=cold%3Dmild")).toEqual([]);
	expect(await done("untag-all/role/report")).toEqual([key("db1")]);
	expect(await done("untag-all?tag=cold%3D")).toEqual([key("new.example")]);
	expect(await bodyOf("tagged?tag=cold")).toEqual([key("db2")]);
});

test.each([
	"tag/db2/3306",
	"tag/db2/3306?tag=~role",
	"tag/db2/3306?tag=%3Dvalue",
	`tag/db2/3306?tag=${"n".repeat(129)}`,
	"tagged",
	"tagged?tag=,",
	"untag/db2/3306",
	"untag-all",
	"untag-all?tag=role",
	"tag-value/db2/3306",
])("%s is refused, and nothing is tagged", async (path) => {
	await refused(path);
	expect(await served.store.tags.all()).toEqual([]);
});

test("pools are submitted, listed and measured", async () => {
	expect(
		await done("submit-pool-instances/web?instances=b2:3306,%20db3:3306,x:1"),
	).toBe("web");
	await done("submit-pool-instances/batch?instances=db3");
	expect(await done("cluster-pool-instances/db1:3306")).toEqual({
		batch: [key("db3")],
		web: [key("db2"), key("db3")],
	});
	expect(await done("cluster-pool-instances/db1:3306/batch")).toEqual({
		batch: [key("db3")],
	});
	expect(await done("cluster-pool-instances/orders")).toEqual({});
	const usable = await done("heuristic-cluster-pool-instances/orders/web");
	expect(usable.map((each: { Key: unknown }) => each.Key)).toEqual([
		key("db2"),
		key("db3"),
	]);
	expect(await done("heuristic-cluster-pool-instances/db2:3306")).toHaveLength(
		2,
	);
	expect(await done("heuristic-cluster-pool-lag/orders/web")).toBe(0);
	await refused("heuristic-cluster-pool-lag/orders/none");
	await refused("heuristic-cluster-pool-instances/nope");
	await done("submit-pool-instances/web");
	expect(await done("heuristic-cluster-pool-instances/orders/web")).toEqual([]);
	await refused("submit-pool-instances/web?instances=%3Bdrop");
	await refused(`submit-pool-instances/${"p".repeat(129)}`);
});

test("a maintenance holds its instance until it is ended", async () => {
	expect(await bodyOf("in-maintenance/db2/3306")).toEqual({
		Code: "OK",
		Message: "false",
		Details: "",
	});
	expect(await done("begin-maintenance/db2/3306/ann/disk%0A")).toEqual(
		key("db2"),
	);
	const again = await refused("begin-maintenance/db2/3306/bob/other");
	expect(again.Details).toBe(0);
	expect(again.Message).toContain("by ann: disk");
	expect(await bodyOf("in-maintenance/db2/3306")).toMatchObject({
		Message: "true",
		Details: "db2:3306",
	});
	const [held] = await bodyOf("maintenance");
	expect(held).toEqual({
		MaintenanceId: held.MaintenanceId,
		Key: key("db2"),
		BeginTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
		SecondsElapsed: expect.any(Number),
		IsActive: true,
		Owner: "ann",
		Reason: "disk",
	});
	const [stored] = await served.store.maintenances.active(Date.now());
	expect((stored?.endsAtMs ?? 0) - (stored?.beganAtMs ?? 0)).toBe(600_000);
	expect(await done(`end-maintenance/${held.MaintenanceId}`)).toBe(
		held.MaintenanceId,
	);
	expect(await bodyOf("maintenance")).toEqual([]);
	expect(await done("end-maintenance/12345")).toBe(12345);
	await refused("end-maintenance/soon");
	await done("begin-maintenance/unknown/3306/ann/disk");
	expect(await done("end-maintenance/unknown/3306")).toEqual(key("unknown"));
	expect(await done("end-maintenance/unknown/3306")).toEqual(key("unknown"));
});

test("virtual names are registered and taken away", async () => {
	expect(await done("register-hostname-unresolve/db1/3306/writer")).toEqual(
		key("db1"),
	);
	expect(await served.store.hostnames.unresolves()).toMatchObject([
		{ hostname: "db1", virtual: "writer" },
	]);
	await refused("register-hostname-unresolve/db1/3306/not%20a%20name");
	await refused("register-hostname-unresolve/db1/x/writer");
	expect(await done("deregister-hostname-unresolve/db1/3306")).toEqual(
		key("db1"),
	);
	expect(await done("deregister-hostname-unresolve/db1/3306")).toEqual(
		key("db1"),
	);
	expect(await served.store.hostnames.unresolves()).toEqual([]);
});

test("the cache of resolved names is shown, with its end in nanoseconds, and thrown away", async () => {
	const atMs = Date.UTC(2026, 0, 1);
	await served.store.hostnames.saveResolve({
		hostname: "db1",
		resolved: "db1.example",
		atMs,
	});
	const response = await fetch(`${served.address}/api/hostname-resolve-cache`);
	expect(await response.text()).toBe(
		`{"db1":{"Object":"db1.example","Expiration":${atMs + 3_600_000}000000}}`,
	);
	expect(await done("reset-hostname-resolve-cache")).toBeNull();
	expect(await bodyOf("hostname-resolve-cache")).toEqual({});
});

test("an instance is resolved when something accepts connections there", async () => {
	const server = createServer();
	await new Promise<void>((resolve) => {
		server.listen(0, "127.0.0.1", resolve);
	});
	const address = server.address();
	const port = typeof address === "object" ? (address?.port ?? 0) : 0;
	expect(await done(`resolve/127.0.0.1/${port}`)).toEqual(
		key("127.0.0.1", port),
	);
	await new Promise((resolve) => {
		server.close(resolve);
	});
	expect((await refused(`resolve/127.0.0.1/${port}`)).Message).toContain(
		`127.0.0.1:${port}`,
	);
});
