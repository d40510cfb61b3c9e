import { afterEach, beforeEach, expect, test } from "vitest";
import { madeUpOutcome } from "../../test/support/made-up-outcome.ts";
import { seen } from "../../test/support/made-up-servers.ts";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../../test/support/temporary-api.ts";
import { BatonError } from "../errors.ts";

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
const done = async (path: string) => {
	const { status, body } = await call(path);
	expect(status, JSON.stringify(body)).toBe(200);
	expect(body.Code).toBe("OK");
	return body.Details;
};
const refused = async (path: string) => {
	const { status, body } = await call(path);
	expect(status).toBe(500);
	expect(body.Code).toBe("ERROR");
	return body;
};
const KEY2 = { Hostname: "db2", Port: 3306 };

test("downtime: ten minutes, a given time, or a refusal", async () => {
	expect(await done("begin-downtime/db2/3306/me/why")).toEqual(KEY2);
	const [first] = await served.store.downtimes.active(Date.now());
	expect((first?.endsAtMs ?? 0) - (first?.beganAtMs ?? 0)).toBe(600_000);
	await done("begin-downtime/db2/3306/me/why/2h");
	const [second] = await served.store.downtimes.active(Date.now());
	expect((second?.endsAtMs ?? 0) - (second?.beganAtMs ?? 0)).toBe(7_200_000);
	await refused("begin-downtime/db2/3306/me/why/2fortnights");
	expect(await done("end-downtime/db2/3306")).toEqual(KEY2);
});

test("whom a call is about stands in its path alone", async () => {
	await refused("forget-cluster/nobody?clusterHint=orders");
	await refused("forget/db9/3306?host=db3");
	const response = await fetch(
		`${served.address}/api/graceful-master-takeover-auto/no-such-host/9999?clusterHint=orders`,
		{
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ clusterHint: "orders" }),
		},
	);
	expect(response.status).toBe(500);
	expect((await response.json()).Message).toContain("no-such-host:9999");
});

test("discovery answers the instance, and says when it is not to be reached", async () => {
	expect((await done("discover/db2/3306")).Key).toEqual(KEY2);
	expect(await done("async-discover/new/3306")).toBeNull();
	expect(await done("refresh/db2/3306")).toEqual(KEY2);
	expect((await refused("discover/new/3306")).Message).toContain("new:3306");
});

test("forgetting", async () => {
	expect(await done("forget/db3/3306")).toEqual({
		Hostname: "db3",
		Port: 3306,
	});
	await refused("forget/db3/3306");
	expect(await done("forget-cluster/orders")).toBeNull();
	expect(await served.store.inventory.all()).toEqual([]);
});

test("promotion rules", async () => {
	await done("register-candidate/db2/3306/prefer");
	const [rule] = await served.store.candidates.since(0);
	expect(rule).toMatchObject({ instance: "db2:3306", rule: "prefer" });
	expect((await refused("register-candidate/db2/3306/must")).Message).toContain(
		"must",
	);
});

test("the global switch", async () => {
	expect(await done("disable-global-recoveries")).toBe("disabled");
	expect(await done("check-global-recoveries")).toBe("disabled");
	expect(await done("enable-global-recoveries")).toBe("enabled");
	expect(await served.store.recoveries.isGloballyDisabled()).toBe(false);
});

test("acknowledging wants a comment, and says who did it", async () => {
	const recovery = await served.store.recoveries.open({
		uid: "1:ab",
		identity: "db1:3306",
		instance: "db1:3306",
		analysis: "DeadMaster",
		clusterName: "db1:3306",
		clusterAlias: "orders",
		replicas: ["db2:3306"],
		detectionId: 0,
		nowMs: Date.now(),
	});
	for (const path of [
		"ack-recovery/cluster/orders",
		"ack-all-recoveries?comment=%20",
		"ack-recovery/x?comment=c",
	])
		await refused(path);
	expect(await done(`ack-recovery/${recovery.id}?comment=seen%0A`)).toBe(
		String(recovery.id),
	);
	const [acknowledged] = await served.store.recoveries.list({});
	expect(acknowledged).toMatchObject({
		acknowledged: true,
		acknowledgedBy: "node1",
		acknowledgedComment: "seen",
	});
	expect(await done("ack-recovery/uid/1:ab?comment=c")).toBe("1:ab");
	expect(await done("ack-recovery/cluster/orders?comment=c")).toBe("db1:3306");
	expect(await done("ack-recovery/cluster/alias/orders?comment=c")).toBe(
		"db1:3306",
	);
	expect(await done("ack-recovery/instance/db2/3306?comment=c")).toEqual(KEY2);
	expect(await done("ack-all-recoveries?comment=c")).toBe("c");
});

test("relocation asks for the operation and answers the moved instance", async () => {
	const moved = await done("relocate-below/db3/3306/db2/3306");
	expect(moved.Key.Hostname).toBe("db3");
	expect(served.scripted.asked).toEqual([
		{
			kind: "relocation",
			instance: "db3:3306",
			below: "db2:3306",
			requestedBy: "node1",
		},
	]);
	served.scripted.willAnswer((request) =>
		madeUpOutcome(request, { successful: false, says: "it would be a ring" }),
	);
	expect((await refused("relocate/db3/3306/db2/3306")).Message).toBe(
		"it would be a ring",
	);
});

const TAKEOVERS = [
	"graceful-master-takeover/orders/db2/3306",
	"graceful-master-takeover/db3/3306/db2/3306",
	"graceful-master-takeover-auto/orders/db2/3306",
];

test.each(TAKEOVERS)("%s answers a recovery", async (path) => {
	served.scripted.willAnswer((request) =>
		madeUpOutcome(request, { failed: "db1:3306", successor: "db2:3306" }),
	);
	const details = await done(path);
	expect(details).toMatchObject({
		SuccessorKey: KEY2,
		IsSuccessful: true,
		Type: "MasterRecovery",
		AnalysisEntry: {
			AnalyzedInstanceKey: { Hostname: "db1", Port: 3306 },
			CommandHint: "graceful-master-takeover",
			CountReplicas: 2,
		},
	});
	expect(served.scripted.asked).toMatchObject([
		{ kind: "takeover", cluster: "db1:3306", to: "db2:3306" },
	]);
});

test("without a target, and with the wrong one, a takeover says what programs look for", async () => {
	expect((await refused("graceful-master-takeover/orders")).Message).toContain(
		"GracefulMasterTakeover: target instance not indicated",
	);
	expect(
		(await refused("graceful-master-takeover/orders/db1/3306")).Message,
	).toContain("must be directly replicating from the master");
	expect(served.scripted.asked).toEqual([]);
	served.scripted.willAnswer((request) =>
		madeUpOutcome(request, { failed: "db1:3306", successor: "db3:3306" }),
	);
	await done("graceful-master-takeover-auto/orders");
	expect(served.scripted.asked).toMatchObject([{ auto: true }]);
});

test("a failed takeover carries its recovery when it was begun", async () => {
	served.scripted.willAnswer((request) =>
		madeUpOutcome(request, { successful: false, says: "lost it" }),
	);
	const begun = await refused("graceful-master-takeover/orders/db2/3306");
	expect(begun.Details.SuccessorKey).toBeNull();
	served.scripted.willAnswer((request) =>
		madeUpOutcome(request, { successful: false, attempted: false }),
	);
	const notBegun = await refused("graceful-master-takeover/orders/db2/3306");
	expect(notBegun.Details).toBeNull();
});

test("forced failover acts on the present primary", async () => {
	served.scripted.willAnswer((request) =>
		madeUpOutcome(request, { failed: "db1:3306", successor: "db2:3306" }),
	);
	await done("force-master-failover/orders");
	await done("force-master-takeover/orders/db2/3306");
	expect(served.scripted.asked).toMatchObject([
		{ instance: "db1:3306", command: "force-master-failover" },
		{ command: "force-master-takeover", candidate: "db2:3306" },
	]);
	expect(
		(await refused("force-master-takeover/orders/other/3306")).Message,
	).toContain("must be directly replicating from the master");
	await refused("force-master-takeover/orders/db2/none");
	expect(served.scripted.asked).toHaveLength(2);
});

test("a takeover that left a server behind is an error that says how to mend it, with its record", async () => {
	served.scripted.willAnswer((request) =>
		madeUpOutcome(request, {
			failed: "db1:3306",
			successor: "db2:3306",
			successful: false,
			says: "not all came along",
			left: [{ name: "db3:3306", reason: "it lacks a transaction" }],
		}),
	);
	const { Message, Details } = await refused(
		"graceful-master-takeover/orders/db2/3306",
	);
	expect(Message).toBe(
		"not all came along. db3:3306 was left behind: it lacks a transaction; bring it along with relocate -i db3:3306 -d db2:3306",
	);
	expect(Details).toMatchObject({
		SuccessorKey: KEY2,
		LostReplicas: [{ Hostname: "db3", Port: 3306 }],
	});
});

test("a failover that left a server behind has done its work", async () => {
	served.scripted.willAnswer((request) =>
		madeUpOutcome(request, {
			failed: "db1:3306",
			successor: "db2:3306",
			left: [{ name: "db3:3306", reason: "it lacks a transaction" }],
		}),
	);
	expect(await done("force-master-failover/orders")).toMatchObject({
		SuccessorKey: KEY2,
		IsSuccessful: true,
		LostReplicas: [{ Hostname: "db3", Port: 3306 }],
	});
});

test("of a co-primary pair nobody is taken for the primary, but for the one that takes writes", async () => {
	const pair = { clusterName: "c1:3306", isCoMaster: true };
	await served.store.inventory.save([
		seen("c1", pair),
		seen("c2", { ...pair, depth: 1, readOnly: true }),
		seen("c3", {
			clusterName: "c1:3306",
			depth: 1,
			replication: {
				...seen("c3").replication,
				sourceHost: "c1",
				sourcePort: 3306,
			},
		}),
	]);
	await served.store.clusters.adopt("c1:3306", [
		"c1:3306",
		"c2:3306",
		"c3:3306",
	]);
	for (const command of ["force-master-failover", "graceful-master-takeover"])
		expect((await refused(`${command}/c1:3306`)).Message).toContain(
			"Cannot deduce cluster master for c1:3306. Found 2 potential masters",
		);
	served.scripted.willAnswer((request) =>
		madeUpOutcome(request, { failed: "c1:3306", successor: "c3:3306" }),
	);
	await done("force-master-takeover/c1:3306/c3/3306");
	expect(served.scripted.asked).toMatchObject([
		{ instance: "c1:3306", candidate: "c3:3306" },
	]);
});

test("recover acts on a failure only", async () => {
	const idle = await refused("recover/db1/3306");
	expect(idle.Details).toEqual({ Hostname: "db1", Port: 3306 });
	expect(served.scripted.asked).toEqual([]);
	const nowMs = Date.now();
	const members = await served.store.inventory.all();
	await served.store.inventory.save(
		members.map((each) =>
			each.name === "db1:3306"
				? {
						...each,
						check: {
							...each.check,
							outcome: "connection-refused" as const,
							checkedAtMs: nowMs + 1000,
							error: "refused",
						},
					}
				: {
						...each,
						replication: { ...each.replication, receiver: 2 as const },
					},
		),
	);
	served.scripted.willAnswer((request) =>
		madeUpOutcome(request, { failed: "db1:3306", successor: "db2:3306" }),
	);
	expect(await done("recover-lite/db1/3306/db2/3306")).toEqual(KEY2);
	expect(served.scripted.asked).toMatchObject([
		{
			kind: "recovery",
			analysis: "DeadMaster",
			command: "recover-lite",
			candidate: "db2:3306",
			skipHooks: true,
		},
	]);
});

test("without Temporal a change says so, and reads go on", async () => {
	served.scripted.willAnswer(() => {
		throw new BatonError(
			"TemporalUnavailable",
			"no answer from 127.0.0.1:7233",
		);
	});
	const { Message } = await refused("relocate/db3/3306/db2/3306");
	expect(Message).toContain("Temporal cannot be reached");
	expect(Message).toContain("nothing was changed");
	expect((await call("clusters")).status).toBe(200);
});
