import { describe, expect, it } from "vitest";
import {
	failing,
	gtids,
	PROMOTION,
	running,
	server,
	snapshotOf,
	uuid,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "../topology/instance.ts";
import { NO_MARK, type ServerMark } from "../topology/server-mark.ts";
import { planAdoption } from "./adoption-plan.ts";

const open = (address: string, n = 1, rest: Partial<Instance> = {}) =>
	server(address, n, { readOnly: false, ...rest });
const closed = (address: string, n = 1) =>
	server(address, n, { readOnly: true });
const below = (address: string, source: string, rest: Partial<Instance> = {}) =>
	server(address, 1, {
		readOnly: true,
		replication: running(source),
		...rest,
	});
const gone = (address: string) =>
	open(address, 1, { check: failing("timeout") });

const plan = (
	instances: readonly Instance[],
	{ byServers = false, server = NO_MARK as ServerMark } = {},
) =>
	planAdoption({
		request: { instance: "a:3306", byServers },
		snapshot: {
			...snapshotOf(instances, { clusterName: "p:3306" }),
			role: {
				primary: "p:3306",
				server,
				epoch: 1,
				word: "operation",
				sinceMs: 0,
			},
		},
		settings: PROMOTION,
		done: [],
	});
const change = (of: ReturnType<typeof plan>) =>
	of.phases.map(({ steps, changesPrimary }) => ({ steps, ...changesPrimary }));

describe("a person's word", () => {
	it("records who takes the writes; the old one, unseen, is waited for", () => {
		expect(change(plan([gone("p"), open("a"), below("b", "a")]))).toEqual([
			{ steps: [], from: "p:3306", to: "a:3306", fence: true, word: "person" },
		]);
	});

	it("promises nothing of what the old one has that nobody has seen", () => {
		expect(plan([gone("p"), open("a")]).loss.nothingAcknowledged).toBe(false);
		expect(plan([closed("p"), open("a")]).loss.nothingAcknowledged).toBe(true);
	});

	it("waits for nobody who is seen", () => {
		expect(change(plan([closed("p"), open("a")]))).toMatchObject([
			{ fence: false },
		]);
	});

	it("may name one that is read-only, and says so", () => {
		const of = plan([closed("p"), closed("a")]);
		expect(of.refusal).toBeUndefined();
		expect(of.notes).toEqual([
			"a:3306 is read-only: nobody takes writes until it is opened",
		]);
	});

	it.each<[string, readonly Instance[], string]>([
		[
			"another one takes writes",
			[open("p"), open("a")],
			"p:3306 takes writes, too",
		],
		["it cannot be reached", [closed("p"), gone("a")], "cannot be reached"],
		["it is no server of the cluster", [closed("p")], "discover it first"],
		["it replicates", [open("p"), below("a", "p")], "graceful-master-takeover"],
	])("is refused when %s", (_, instances, why) => {
		expect(plan(instances).refusal).toContain(why);
	});

	it("is refused when it is the recorded primary already, and not when another server stands at that address", () => {
		const at = (n: number) =>
			planAdoption({
				request: { instance: "p:3306" },
				snapshot: {
					...snapshotOf([open("p", n)], { clusterName: "p:3306" }),
					role: {
						primary: "p:3306",
						server: { uuid: open("p", 1).serverUuid, serverId: 1, gtid: "" },
						epoch: 1,
						word: "operation",
						sinceMs: 0,
					},
				},
				settings: PROMOTION,
				done: [],
			});
		expect(at(1).refusal).toContain("already");
		expect(change(at(2))).toMatchObject([{ to: "p:3306", fence: false }]);
	});
});

describe("what somebody has done on the servers", () => {
	const byServers = { byServers: true };

	it("is recorded when the recorded primary follows who takes the writes", () => {
		expect(
			change(plan([below("p", "a"), open("a"), below("b", "a")], byServers)),
		).toEqual([
			{
				steps: [],
				from: "p:3306",
				to: "a:3306",
				fence: false,
				word: "servers",
			},
		]);
	});

	it.each<[string, readonly Instance[], string]>([
		[
			"the recorded one follows nobody",
			[closed("p"), open("a")],
			"does not replicate from",
		],
		[
			"the recorded one cannot be seen",
			[gone("p"), open("a")],
			"does not replicate from",
		],
		[
			"the recorded one takes writes and is followed",
			[below("p", "a", { readOnly: false }), open("a", 2), below("b", "p")],
			"takes writes and is followed",
		],
		[
			"the recorded one has transactions of its own",
			[
				below("p", "a", { executedGtid: `${uuid(9)}:1-3` }),
				open("a", 2, { executedGtid: gtids(5) }),
			],
			"has transactions that a:3306 lacks",
		],
		[
			"it takes no writes",
			[below("p", "a"), closed("a")],
			"does not take writes",
		],
		[
			"a third one takes writes",
			[below("p", "a"), open("a"), open("x")],
			"x:3306 takes writes, too",
		],
	])("is not recorded when %s", (_, instances, why) => {
		expect(plan(instances, byServers).refusal).toContain(why);
	});
});
