/** Whatever changes something can be asked for in advance: by `explain` in front of it, and by -dry-run. Nothing is changed by it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
	createFixture,
	type Fixture,
	NOW,
	replica,
	scripted,
} from "../../test/support/command-line.ts";
import { lineOf } from "../../test/support/command-lines.ts";
import { rollingStatus } from "../../test/support/made-up-rolling.ts";
import { storePicture } from "../../test/support/store-picture.ts";
import { COMMANDS } from "../cli/command-table.ts";
import type { OperationRequest } from "../planning/operation.ts";
import type { Rolling } from "../rolling/port.ts";
import { ACTIONS, OPERATIONS } from "./tables.ts";

/** What serves until it is told to stop does no single thing that could be told in advance. */
const SERVES = "continuous";

const CHANGING = COMMANDS.filter(
	({ access, name }) => access === "changes" && name !== SERVES,
);

let fixture: Fixture;
beforeAll(async () => {
	fixture = await createFixture({
		servers: [replica("db2", "db1.ny", 1)],
		rows: async (store) => {
			await store.tags.put(
				{ instance: "db2.ny:3306", name: "role", value: "x" },
				NOW,
			);
			const hold = {
				instance: "db3.ny:3306",
				owner: "ann",
				reason: "disk",
				beganAtMs: NOW,
				endsAtMs: NOW + 60_000,
			} as const;
			await store.rollings.keep(
				rollingStatus({
					phase: "paused",
					identity:
						(await store.clusters.resolve("shop", 3306))?.identity ?? "",
				}),
				NOW,
			);
			await store.downtimes.begin(hold);
			await store.maintenances.begin({ ...hold, isExplicitlyBounded: true });
			await store.hostnames.registerUnresolve({
				hostname: "db3.ny",
				virtual: "vip3",
				atMs: NOW,
			});
			await store.recoveries.open({
				uid: "u",
				identity: "x",
				instance: "db1.ny:3306",
				analysis: "DeadMaster",
				clusterName: "db1.ny:3306",
				clusterAlias: "shop",
				replicas: [],
				detectionId: 0,
				nowMs: NOW,
			});
		},
	});
});
afterAll(() => fixture.remove());

const pictureOf = () => fixture.inStore(storePicture);

test("the commands that change something are the rows of the tables, and what has none", () => {
	const rows = [...OPERATIONS, ...ACTIONS].filter((row) => !row.isApiOnly);
	expect(CHANGING.map((each) => each.name).sort()).toEqual(
		[...rows.map((each) => each.name), "redeploy-internal-db"].sort(),
	);
});

const saysOf = (name: string, severity: string | undefined): RegExp => {
	if (severity !== undefined) return /^plan \{/;
	return name === "redeploy-internal-db"
		? /^would change nothing: the store has every table and column$/m
		: /^would (?!change nothing)/;
};

describe("in advance", () => {
	test.each(CHANGING.map((each) => [each.name, each] as const))(
		"%s",
		async (name, { flags, severity }) => {
			expect(flags.map(({ flag }) => flag)).toContain("-dry-run");
			const before = await pictureOf();
			const asked: OperationRequest[] = [];
			const line = lineOf({ name, flags });
			const dry = await fixture.run(`${line} -dry-run`, scripted({}, asked));
			const explained = await fixture.typed(
				`explain ${line}`,
				scripted({}, asked),
			);
			expect(explained).toEqual(
				await fixture.typed(`${line} -dry-run`, scripted({}, asked)),
			);
			expect(asked).toEqual([]);
			expect(await pictureOf()).toEqual(before);
			// Nothing is dead in these clusters: a recovery is refused, as it would be.
			if (name.startsWith("recover")) {
				expect(dry).toMatchObject({ code: 0, stdout: "" });
				expect(explained).toMatchObject({ code: 1, stdout: "" });
				return;
			}
			expect(explained).toEqual(dry);
			if (name === "set-heuristic-domain-instance") {
				expect(dry).toMatchObject({
					code: 1,
					stdout: "",
					stderr: expect.stringMatching(/FATAL .*domain/),
				});
				return;
			}
			expect(dry).toEqual({
				code: 0,
				stdout: expect.stringMatching(saysOf(name, severity)),
				stderr: "",
			});
		},
	);

	test("what would be refused is refused, with the exit code of a refusal", async () => {
		const refused = await createFixture({ planRefusal: "it is too late" });
		try {
			const line = "takeover shop --to db2";
			expect(await refused.typed(`explain ${line}`)).toMatchObject({
				code: 1,
				stderr: expect.stringMatching(/FATAL it is too late\n$/),
			});
			for (const [action, says] of [
				["begin-downtime db2", /FATAL.*-reason/],
				["forget nobody", /FATAL.*nobody/],
				["tag db2 --tag =x", /FATAL/],
			] as const) {
				const inEarnest = await refused.typed(action);
				expect(await refused.typed(`explain ${action}`)).toEqual(inEarnest);
				expect(inEarnest).toMatchObject({
					code: 1,
					stderr: expect.stringMatching(says),
				});
			}
		} finally {
			refused.remove();
		}
	});

	test("what would change nothing says so", async () => {
		expect((await fixture.typed("explain end-downtime db2")).stdout).toBe(
			"would change nothing: db2.ny:3306 was not downtimed\n",
		);
	});

	test("what changes nothing is not explained", async () => {
		expect(await fixture.typed("explain topology shop")).toMatchObject({
			code: 1,
			stdout: "",
			stderr: expect.stringMatching(
				/FATAL topology changes nothing, so there is nothing to explain: run it\n$/,
			),
		});
	});

	test("a cluster is explained as before, also one that is called like a command", async () => {
		expect((await fixture.typed("explain shop")).stdout).toMatch(
			/^plan \{"identity":/,
		);
		expect((await fixture.typed("explain -alias shop")).stdout).toMatch(
			/^plan \{"identity":/,
		);
	});
});

test("the store is held up for nothing that may take its time", async () => {
	let writes = 0;
	/** As a node does meanwhile. */
	const written = (): Promise<void> =>
		held.inStore(async (store) => {
			writes += 1;
			await store.tags.put(
				{ instance: "db3.ny:3306", name: "written", value: `${writes}` },
				NOW,
			);
		});
	const plan: Rolling["plan"] = async () => {
		await written();
		return { turns: [], refusals: [], waits: [] };
	};
	const held: Fixture = await createFixture({
		resolveHost: async (host) => {
			await written();
			return host;
		},
		rolling: { plan },
	});
	try {
		for (const line of [
			"begin-downtime -i db2 -reason x",
			"tag -i db2 -tag x=y",
			"register-candidate -i db2 -promotion-rule prefer",
			"submit-pool-instances -pool x -i db2,db3",
			"rolling-maintenance -alias shop",
		]) {
			const before = writes;
			expect(await held.run(`${line} -dry-run`), line).toMatchObject({
				code: 0,
				stderr: "",
			});
			expect(writes, line).toBeGreaterThan(before);
		}
	} finally {
		held.remove();
	}
}, 20_000);
