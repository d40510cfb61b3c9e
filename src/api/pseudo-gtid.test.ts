import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryLogs } from "../../test/support/memory-logs.ts";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../../test/support/temporary-api.ts";

const MARKER = "drop view if exists `_pseudo_gtid_`.`_asc:5f0:1:aa`";

const PATH = "last-pseudo-gtid/db1/3306";

const served: TemporaryApi[] = [];
const serve = async (options: Parameters<typeof serveTemporaryApi>[0]) => {
	const api = await serveTemporaryApi(options);
	served.push(api);
	await api.fill();
	return async (path: string) => {
		const response = await fetch(`${api.address}/api/${path}`);
		return { status: response.status, ...(await response.json()) };
	};
};
afterAll(async () => {
	for (const api of served) await api.stop();
});

const logs = memoryLogs("db1:3306", {
	"bin.000001": [["Query", MARKER]],
	"bin.000002": [
		["Query", "CREATE DATABASE x"],
		["Query", `${MARKER} /* xid=9 */`],
	],
});
const config = {
	PseudoGTIDPattern: "_pseudo_gtid_",
	PseudoGTIDPatternIsFixedSubstring: true,
};

let ask: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
	ask = await serve({ logs, config });
});

test("the last Pseudo-GTID entry: its text, and where it is", async () => {
	expect(await ask(PATH)).toEqual({
		status: 200,
		Code: "OK",
		Message: "bin.000002:14",
		Details: MARKER,
	});
});

test.each<[string, Parameters<typeof serve>[0], string]>([
	["not configured", { logs }, "Pseudo-GTID is not configured"],
	["not reached", { config }, "cannot reach db1:3306"],
	[
		"not allowed",
		{ logs, config: { ...config, ReadOnly: true } },
		"Unauthorized",
	],
	[
		"not there",
		{ logs, config: { ...config, PseudoGTIDPattern: "nowhere" } },
		"no Pseudo-GTID entry",
	],
])("an error when it is %s", async (_, options, reason) => {
	const answer = await (await serve(options))(PATH);
	expect(answer).toMatchObject({ status: 500, Code: "ERROR", Details: null });
	expect(answer.Message).toContain(reason);
});
