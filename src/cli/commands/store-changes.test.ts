import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	NOW,
	replica,
	scripted,
	server,
} from "../../../test/support/command-line.ts";
import type { OperationRequest } from "../../planning/operation.ts";

const fixture = await createFixture();
const { run, inStore } = fixture;
afterAll(() => fixture.remove());

describe("changes of the store", () => {
	test("a downtime holds 10 minutes unless told otherwise, and ends", async () => {
		expect((await run("begin-downtime -i web1 -reason two~words")).stdout).toBe(
			"web1:3306\n",
		);
		expect(await inStore((store) => store.downtimes.active(NOW))).toEqual([
			{
				instance: "web1:3306",
				owner: "me",
				reason: "two words",
				beganAtMs: NOW,
				endsAtMs: NOW + 600_000,
			},
		]);
		expect((await run("instance-status -i web1")).stdout).toBe(
			"[0s,ok,8.0.34,ro,ROW,>>,GTID,downtimed]\n",
		);
		expect((await run("replication-analysis")).stdout).toBe("");
		expect((await run("end-downtime -i web1")).stdout).toBe("web1:3306\n");
		expect((await run("end-downtime -i web1")).stdout).toBe("web1:3306\n");
		expect(await inStore((store) => store.downtimes.active(NOW))).toEqual([]);
	});

	test("a promotion rule is registered", async () => {
		expect(
			(await run("register-candidate -i db3 -promotion-rule must_not")).stdout,
		).toBe("db3.ny:3306\n");
		expect(
			await inStore((store) => store.candidates.since(NOW - 1000)),
		).toMatchObject([{ instance: "db3.ny:3306", rule: "must_not" }]);
	});

	test("the global switch", async () => {
		expect((await run("disable-global-recoveries")).stdout).toBe(
			"OK: Orchestrator recoveries DISABLED globally\n",
		);
		expect((await run("check-global-recoveries")).stdout).toBe(
			"OK: Global recoveries disabled: true\n",
		);
		expect((await run("enable-global-recoveries")).stdout).toBe(
			"OK: Orchestrator recoveries ENABLED globally\n",
		);
		expect(
			await inStore((store) => store.recoveries.isGloballyDisabled()),
		).toBe(false);
	});

	const openRecovery = (uid: string) =>
		inStore((store) =>
			store.recoveries.open({
				uid,
				identity: "x",
				instance: "db1.ny:3306",
				analysis: "DeadMaster",
				clusterName: "db1.ny:3306",
				clusterAlias: "shop",
				replicas: [],
				detectionId: 0,
				nowMs: NOW,
			}),
		);

	test.each([
		"ack-all-recoveries",
		"ack-cluster-recoveries -alias shop",
		"ack-instance-recoveries -i db1",
	])("%s acknowledges once", async (command) => {
		await openRecovery(command.replaceAll(" ", "-"));
		const text = `${command} -reason seen`;
		expect((await run(text)).stdout).toBe("1 recoveries acknowledged\n");
		expect((await run(text)).stdout).toBe("0 recoveries acknowledged\n");
		const [latest] = await inStore((store) => store.recoveries.list({}));
		expect(latest).toMatchObject({
			acknowledged: true,
			acknowledgedBy: "me",
			acknowledgedComment: "seen",
		});
	});

	test("a failed primary is recovered through the finding", async () => {
		await inStore((store) =>
			store.inventory
				.save([
					server("old", {
						check: {
							...server("old").check,
							outcome: "connection-refused",
							seenAtMs: NOW - 60_000,
						},
					}),
					{
						...replica("new", "old", 1),
						clusterName: "old:3306",
						replication: {
							...replica("new", "old", 1).replication,
							receiver: 0,
							lastReceiverError: "error reconnecting to master 'x@old:3306'",
							lastReceiverErrno: 2003,
						},
					},
				])
				.then(() => store.clusters.adopt("old:3306", ["old:3306", "new:3306"])),
		);
		expect((await run("replication-analysis")).stdout).toContain(
			"old:3306 (cluster old:3306): DeadMaster\n",
		);
		const asked: OperationRequest[] = [];
		expect((await run("recover -i old", scripted({}, asked))).stdout).toBe(
			"db2.ny:3306\n",
		);
		expect((await run("recover-lite -i old", scripted({}, asked))).code).toBe(
			0,
		);
		expect(asked).toMatchObject([
			{
				kind: "recovery",
				instance: "old:3306",
				analysis: "DeadMaster",
				command: "recover",
				skipHooks: false,
			},
			{ command: "recover-lite", skipHooks: true },
		]);
	});

	test("forget removes the instance", async () => {
		expect((await run("forget -i old")).stdout).toBe("old:3306\n");
		expect(await run("which-instance -i old")).toEqual(FAILS("old:3306"));
	});

	test("who forgets the primary of servers that stay is told what that means", async () => {
		await inStore(async (store) => {
			await store.inventory.save([
				server("lone1"),
				{ ...replica("lone2", "lone1:3306", 1), clusterName: "lone1:3306" },
			]);
			await store.clusters.adopt("lone1:3306", ["lone1:3306", "lone2:3306"]);
		});
		expect(await run("forget -i lone1")).toMatchObject({
			code: 0,
			stdout: "lone1:3306\n",
			stderr: expect.stringMatching(
				/lone1:3306 was the primary of a cluster of which 1 more is known.* its death starts no failover: discover -i lone1:3306 .*forget-cluster -i lone2:3306 /,
			),
		});
		expect((await run("forget -i lone2")).stderr).toBe("");
	});
});
