import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../../test/support/temporary-api.ts";
import { ACTIONS, OPERATIONS } from "../surface/tables.ts";

let served: TemporaryApi;
beforeEach(async () => {
	served = await serveTemporaryApi();
	await served.fill();
});
afterEach(() => served.stop());

const call = async (path: string, request: RequestInit = {}) => {
	const response = await fetch(`${served.address}/api/${path}`, request);
	return { status: response.status, body: await response.json() };
};

const MOVE = "relocate/db2/3306/db3/3306";

describe("an operation", () => {
	test.each(["?dryRun=true", "?dryRun=1", "?dryRun", "?dryRun="])(
		"is planned and not run with %s",
		async (query) => {
			const { status, body } = await call(MOVE + query);
			expect(status, JSON.stringify(body)).toBe(200);
			expect(body.Message).toBe("as it would be done now; nothing was changed");
			expect(body.Details.Text).toContain('"kind":"relocation"');
			expect(served.scripted.asked).toEqual([]);
		},
	);

	test("the same by a body", async () => {
		const { body } = await call(MOVE, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ dryRun: "true" }),
		});
		expect(body.Message).toMatch(/nothing was changed$/);
		expect(served.scripted.asked).toEqual([]);
	});

	test.each(["?dryRun=false", "?dryRun=0", "?_=1712345"])(
		"is run with %s",
		async (query) => {
			await call(MOVE + query);
			expect(served.scripted.asked).toMatchObject([{ kind: "relocation" }]);
		},
	);

	test.each([
		["?dryRun=yes", "dryRun must be true or false, and nothing was done"],
		[
			"?dryRun=true&dryRun=false",
			"dryRun must be true or false, and nothing was done",
		],
		[
			"?dry-run=true",
			"dry-run is no parameter of this call, and nothing was done; write dryRun=true",
		],
		[
			"?DRY_RUN=1",
			"DRY_RUN is no parameter of this call, and nothing was done; write dryRun=true",
		],
	])("is neither planned nor run with %s", async (query, why) => {
		const { status, body } = await call(MOVE + query);
		expect(status).toBe(500);
		expect(body.Message).toBe(why);
		expect(served.scripted.asked).toEqual([]);
	});

	test("that would be refused is refused in advance, with its plan", async () => {
		await served.stop();
		served = await serveTemporaryApi({ planRefusal: "db3 lags" });
		await served.fill();
		const { status, body } = await call(`${MOVE}?dryRun=true`);
		expect(status).toBe(500);
		expect(body).toMatchObject({ Code: "ERROR", Message: "db3 lags" });
		expect(body.Details.Text).toContain("relocation");
	});
});

test("a change of the store alone is not made where it is asked for in advance", async () => {
	for (const name of ["dryRun", "dry-run"]) {
		const { status, body } = await call(
			`begin-downtime/db2/3306/me/why?${name}=true`,
		);
		expect(status).toBe(500);
		expect(body.Message).toBe(
			"begin-downtime cannot be asked for in advance over the API, and nothing was done; ask on the command line, with -dry-run",
		);
	}
	expect(await served.store.downtimes.active(Date.now())).toEqual([]);
});

test("every call that changes something heeds it, or refuses it", () => {
	const changing = served.api.routes.filter(({ changes }) => changes);
	const rows = [...OPERATIONS, ...ACTIONS].flatMap(({ routes }) => routes);
	expect(changing.length).toBeGreaterThanOrEqual(rows.length);
	for (const { path, query, severity } of changing)
		if (severity !== undefined) expect(query, path).toContain("dryRun");
});
