import { afterAll, beforeAll, expect, test } from "vitest";
import { GROUP, joinGroup, startGroupServers } from "../lab/group.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { portOf } from "./port.ts";
import { TEST_MS } from "./system.ts";

// MySQL alone has group replication.

let lab: Lab;
let members: readonly LabServer[];

beforeAll(async () => {
	lab = await createLab({ flavor: "mysql" });
	members = await startGroupServers(lab, 2);
}, TEST_MS);
afterAll(async () => lab?.stop(), TEST_MS);

test(
	"the members of a replication group are seen with their roles, and one that left is no member",
	async () => {
		const [first, second] = members as [LabServer, LabServer];
		const look = (server: LabServer) => portOf().look(server.name);
		expect((await look(first)).group.name).toBe("");
		await joinGroup(first, true);
		await joinGroup(second, false);
		const [primary, secondary] = [await look(first), await look(second)];
		expect(primary.group).toEqual({
			name: GROUP,
			singlePrimary: true,
			memberState: "ONLINE",
			memberRole: "PRIMARY",
			members: [second.name],
			primary: first.name,
		});
		expect(secondary.group).toEqual({
			...primary.group,
			memberRole: "SECONDARY",
			members: [first.name],
		});
		// The group's own channels are no source.
		for (const seen of [primary, secondary]) {
			expect(seen.check.outcome).toBe("ok");
			expect(seen.replication.sourceHost).toBe("");
			expect(seen.otherChannels).toEqual([]);
		}
		expect([primary.readOnly, secondary.readOnly]).toEqual([false, true]);

		// Without a majority a group can neither write nor expel.
		const warned = async (): Promise<string> =>
			(await look(first)).findings
				.filter((each) => each.isWarning)
				.map((each) => each.says)
				.join();
		expect(await warned()).toBe("");
		second.pause();
		try {
			await waitUntil(
				"the loss of the quorum to be told",
				async () => (await warned()).includes("lost its quorum"),
				30_000,
			);
		} finally {
			second.resume();
		}
		await waitUntil(
			"the quorum to be back",
			async () => (await warned()) === "",
			30_000,
		);

		await second.query("STOP GROUP_REPLICATION");
		expect((await look(second)).group).toMatchObject({ name: "", members: [] });
		await waitUntil(
			"the group to have one member",
			async () => (await look(first)).group.members.length === 0,
		);
	},
	TEST_MS,
);
