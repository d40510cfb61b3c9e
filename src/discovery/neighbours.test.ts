import { describe, expect, it } from "vitest";
import {
	replica,
	replicating,
	STOPPED,
	server,
} from "../../test/support/made-up-servers.ts";
import { NO_GROUP } from "../topology/group-replication.ts";
import { ignoring } from "./ignoring.ts";
import { neighboursOf } from "./neighbours.ts";

const filters = (
	rest: Partial<Parameters<typeof ignoring>[0]> = {},
): ReturnType<typeof ignoring> =>
	ignoring({
		DiscoveryIgnoreHostnameFilters: [],
		DiscoveryIgnoreReplicaHostnameFilters: [],
		DiscoveryIgnoreMasterHostnameFilters: [],
		...rest,
	});

const named = replica("b", 2, { replicas: ["c:3306", "d:3306", "b:3306"] });

describe("whom an instance leads to", () => {
	it("its replicas and its source, not itself", () => {
		expect(neighboursOf(named, filters()).members).toEqual([
			"c:3306",
			"d:3306",
			"p:3306",
		]);
	});

	it("leaves out a source whose name is none", () => {
		for (const sourceHost of ["a b", "h".repeat(200), "\0", "<script>"])
			expect(
				neighboursOf(
					{
						...named,
						replication: { ...named.replication, sourceHost },
						otherChannels: [{ ...named.replication, sourceHost }],
					},
					filters(),
				),
			).toEqual({
				members: ["c:3306", "d:3306"],
				doubtful: [],
				elsewhere: [],
			});
	});

	it("leaves out what each of the three filters names, and only as what it is named", () => {
		const members = (rest: Parameters<typeof filters>[0]) =>
			neighboursOf(named, filters(rest)).members;
		expect(
			members({ DiscoveryIgnoreReplicaHostnameFilters: ["^(c|p)"] }),
		).toEqual(["d:3306", "p:3306"]);
		expect(
			members({ DiscoveryIgnoreMasterHostnameFilters: ["^(c|p)"] }),
		).toEqual(["c:3306", "d:3306"]);
		expect(members({ DiscoveryIgnoreHostnameFilters: ["^(c|p)"] })).toEqual([
			"d:3306",
		]);
	});

	it("doubts a source that nobody tries to reach", () => {
		const stopped = replica("b", 2, {}, STOPPED);
		expect(neighboursOf(stopped, filters())).toMatchObject({
			members: [],
			doubtful: ["p:3306"],
		});
		const broken = replica("b", 2, {}, { ...STOPPED, lastReceiverErrno: 2003 });
		expect(neighboursOf(broken, filters()).members).toEqual(["p:3306"]);
	});

	it("the members of its group, and the sources of its other channels as other clusters", () => {
		const member = server("g1", 1, {
			group: {
				...NO_GROUP,
				name: "g",
				members: ["g1:3306", "g2:3306"],
				primary: "g3:3306",
			},
			otherChannels: [
				replicating("elsewhere"),
				replicating("//detached"),
				replicating(""),
			],
		});
		expect(neighboursOf(member, filters())).toEqual({
			members: ["g2:3306", "g3:3306"],
			doubtful: [],
			elsewhere: ["elsewhere:3306"],
		});
	});
});
