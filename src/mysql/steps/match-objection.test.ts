import { expect, test } from "vitest";
import {
	replica,
	replicating,
	server,
} from "../../../test/support/made-up-servers.ts";
import { NO_REPLICATION } from "../../topology/instance.ts";
import { type MatchFacts, matchObjection } from "./match-objection.ts";

const channel = replicating("p", { usingOracleGtid: false });
const source = replica("b", 3);

const step: MatchFacts["step"] = {
	on: "a:3306",
	channel: "",
	source: "b:3306",
	sourceUuid: source.serverUuid,
	sourceId: 3,
	by: { way: "markers" },
};
const back: MatchFacts["step"] = { ...step, by: { way: "back" } };

const objection = (given: Partial<MatchFacts> = {}): string =>
	matchObjection({
		step,
		hasCredential: false,
		replica: server("a", 2, { replication: channel }),
		channel,
		source,
		...given,
	});

test("a match is not objected to when all is well", () => {
	expect(objection()).toBe("");
	expect(
		objection({ step: back, channel: NO_REPLICATION, hasCredential: true }),
	).toBe("");
});

test.each<[string, Partial<MatchFacts>]>([
	["replicates from nobody", { channel: NO_REPLICATION }],
	["replicates by GTID", { channel: { ...channel, usingOracleGtid: true } }],
	["replicates by GTID", { channel: { ...channel, usingMariadbGtid: true } }],
	["has no binary logs", { source: { ...source, logBin: false } }],
	[
		"does not log what it replicates",
		{ source: { ...source, logReplicaUpdates: false } },
	],
	["would have to forget that first", { step: back }],
	["no replication account is known", { step: back, channel: NO_REPLICATION }],
	["is another server", { source: { ...source, serverId: 9 } }],
	[
		"two channels cannot have one source",
		{
			replica: server("a", 2, {
				replication: channel,
				otherChannels: [replicating("b", { channel: "other" })],
			}),
		},
	],
])("a match is refused because: %s", (says, given) => {
	expect(objection(given)).toContain(says);
});
