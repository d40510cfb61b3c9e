import { afterAll, beforeAll, expect, test } from "vitest";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../../test/support/temporary-api.ts";

const PURGED = "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-9";

const ERRANT = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

let served: TemporaryApi;
beforeAll(async () => {
	served = await serveTemporaryApi({
		binaryLogs: [
			{ file: "binlog.000001", before: "" },
			{ file: "binlog.000002", before: `${ERRANT}:1-5` },
			{ file: "binlog.000003", before: `${ERRANT}:1-9` },
		],
	});
	const members = await served.fill();
	await served.store.inventory.save(
		members.map((each, index) => ({
			...each,
			serverId: index + 1,
			serverUuid: `uuid-${index}`,
			purgedGtid: index === 0 ? PURGED : "",
			executedGtid:
				["5e11fa47-71ca-11e1-9e33-c80aa9429562:1", PURGED, `${ERRANT}:7-9`][
					index
				] ?? "",
		})),
	);
});
afterAll(() => served.stop());

const ask = async (path: string) => {
	const response = await fetch(`${served.address}/api/${path}`);
	return { status: response.status, ...(await response.json()) };
};

test.each([
	"can-replicate-from/db3/3306/db2/3306",
	"can-replicate-from-gtid/db3/3306/db2/3306",
])("%s: it can, and the source is named", async (path) => {
	expect(await ask(path)).toEqual({
		status: 200,
		Code: "OK",
		Message: "true",
		Details: { Hostname: "db2", Port: 3306 },
	});
});

test.each([
	["can-replicate-from/db3/3306/db3/3306", "same instance"],
	["can-replicate-from-gtid/db3/3306/db3/3306", "same instance"],
	["can-replicate-from/db3/3306/none/3306", "none:3306 is not known"],
	["can-replicate-from/none/3306/db3/3306", "none:3306 is not known"],
	["can-replicate-from-gtid/db3/3306/db1/3306", PURGED],
])("%s: it cannot: %s", async (path, reason) => {
	const { status, Code, Message } = await ask(path);
	expect({ status, Code }).toEqual({ status: 500, Code: "ERROR" });
	expect(Message).toContain(reason);
});

test("what was purged there hinders by GTID alone, and who has it is not hindered", async () => {
	expect((await ask("can-replicate-from/db3/3306/db1/3306")).Code).toBe("OK");
	expect((await ask("can-replicate-from-gtid/db2/3306/db1/3306")).Code).toBe(
		"OK",
	);
});

test("errant GTIDs are located, and a server without any is an error", async () => {
	expect(await ask("locate-gtid-errant/db3/3306")).toMatchObject({
		Code: "OK",
		Details: ["binlog.000002"],
	});
	const { status, Message } = await ask("locate-gtid-errant/db1/3306");
	expect(status).toBe(500);
	expect(Message).toContain("no errant GTID on db1:3306");
	expect(await ask("locate-gtid-errant/none/3306")).toMatchObject({
		Code: "ERROR",
	});
});

test.each(["restart-slave-statements", "restart-replica-statements"])(
	"%s lists the statements around another one",
	async (path) => {
		expect(await ask(`${path}/db3/3306?q=set%20x%3D1%3B%0A`)).toMatchObject({
			status: 200,
			Details: [
				"stop replica io_thread;",
				"stop replica sql_thread;",
				"set x=1;",
				"start replica sql_thread;",
				"start replica io_thread;",
			],
		});
		expect((await ask(`${path}/db1/3306`)).Details).toEqual([]);
		expect((await ask(`${path}/none/3306`)).Message).toContain("none:3306");
	},
);
