import { expect, test } from "vitest";
import { isLeft, startOddServer } from "../../../test/support/odd-server.ts";
import { splitName } from "../../topology/instance-name.ts";
import { openSession } from "./connection.ts";

const OPTIONS = { database: undefined, readOnly: false, silentSeconds: 20 };

test.each([
	["does not even greet", { greets: () => undefined }],
	["does not answer", {}],
])("nothing is left behind at a server that %s", async (_, manners) => {
	const hung = await startOddServer(manners);
	const settings = {
		...splitName(hung.name),
		user: "u",
		password: "p",
		database: "baton",
		connectTimeoutMs: 50,
		readTimeoutMs: 50,
		lifetimeMs: 0,
		maxConnections: 1,
		rejectReadOnly: false,
	};
	for (let nth = 0; nth < 3; nth++)
		await expect(openSession(settings, OPTIONS)).rejects.toThrow();
	expect(await isLeft(hung)).toBe(true);
	await hung.stop();
});
