// What the reference's web page can do to one instance is there to be called, by a row of the tables: both surfaces have it then.
import { expect, test } from "vitest";
import { serveTemporaryApi } from "../../test/support/temporary-api.ts";
import { ACTIONS, OPERATIONS } from "../surface/tables.ts";
import type { Route } from "./route.ts";
import { spellingsOf } from "./synonyms.ts";

/** Buttons and menus of its dialog, by the call that each makes. */
const CHANGES = [
	"begin-downtime/:host/:port/:owner/:reason/:duration",
	"end-downtime/:host/:port",
	"end-maintenance/:host/:port",
	"reattach-replica-master-host/:host/:port",
	"reset-replica/:host/:port",
	"start-replica/:host/:port",
	"stop-replica/:host/:port",
	"restart-replica/:host/:port",
	"skip-query/:host/:port",
	"detach-replica/:host/:port",
	"reattach-replica/:host/:port",
	"regroup-replicas/:host/:port",
	"set-writeable/:host/:port",
	"set-read-only/:host/:port",
	"take-siblings/:host/:port",
	"enable-gtid/:host/:port",
	"disable-gtid/:host/:port",
	"gtid-errant-reset-master/:host/:port",
	"gtid-errant-inject-empty/:host/:port",
	"recover/:host/:port",
	"refresh/:host/:port",
	"forget/:host/:port",
];

/** What it leaves to the API and the client. */
const BESIDE = [
	"begin-maintenance/:host/:port/:owner/:reason",
	"make-co-master/:host/:port",
	"delay-replication/:host/:port/:seconds",
	"enable-semi-sync-master/:host/:port",
	"disable-semi-sync-master/:host/:port",
	"enable-semi-sync-replica/:host/:port",
	"disable-semi-sync-replica/:host/:port",
	"flush-binary-logs/:host/:port",
	"purge-binary-logs/:host/:port/:logFile",
	"kill-query/:host/:port/:process",
	"register-candidate/:host/:port/:promotionRule",
	"tag/:host/:port/:tagName/:tagValue",
	"untag/:host/:port/:tagName",
	"stop-replica-nice/:host/:port",
];

/** By any names of the parameters. */
const shapeOf = (path: string): string => path.replaceAll(/:\w+/g, ":");

test("every button of an instance's page has its row", async () => {
	const served = await serveTemporaryApi();
	try {
		const built = new Map<string, Route>(
			served.api.routes
				.filter(({ isAbsent }) => isAbsent !== true)
				.map((route) => [shapeOf(route.path), route]),
		);
		const ofRows = new Set(
			[...ACTIONS, ...OPERATIONS].flatMap(({ routes }) =>
				routes.flatMap(spellingsOf).map(shapeOf),
			),
		);
		const missing = [...CHANGES, ...BESIDE].filter(
			(path) => !built.has(shapeOf(path)),
		);
		expect(missing).toEqual([]);
		const rowless = [...CHANGES, ...BESIDE].filter(
			(path) => !ofRows.has(shapeOf(path)),
		);
		expect(rowless).toEqual([]);
		for (const path of CHANGES)
			expect(built.get(shapeOf(path)), path).toMatchObject({
				access: "write",
				changes: true,
			});
	} finally {
		await served.stop();
	}
});
