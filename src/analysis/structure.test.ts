import { describe, expect, it } from "vitest";
import { entryOf } from "../../test/support/entry-of.ts";
import {
	downtimeOf,
	LOSSLESS,
	replica,
	replicating,
	server,
} from "../../test/support/made-up-servers.ts";
import { NO_GROUP } from "../topology/group-replication.ts";
import type { Instance } from "../topology/instance.ts";
import type { StructureWarning } from "./structure.ts";

const up = (rest: Partial<Instance> = {}) => server("p", 1, rest);
const warned = (
	primary: Instance,
	a: Partial<Instance> = {},
	b: Partial<Instance> = {},
) => entryOf([primary, replica("a", 2, a), replica("b", 3, b)]).structure;
const plain = { replication: replicating("p", { usingOracleGtid: false }) };

describe("structure warnings", () => {
	it.each<[StructureWarning, Instance, Partial<Instance>, Partial<Instance>]>([
		[
			"NoLoggingReplicasStructureWarning",
			up(),
			{ logReplicaUpdates: false },
			{ logBin: false },
		],
		["NoFailoverSupportStructureWarning", up(), {}, plain],
		[
			"StatementAndMixedLoggingReplicasStructureWarning",
			up(),
			{ binlogFormat: "STATEMENT" },
			{ binlogFormat: "MIXED" },
		],
		[
			"StatementAndRowLoggingReplicasStructureWarning",
			up(),
			{ binlogFormat: "STATEMENT" },
			{},
		],
		[
			"MixedAndRowLoggingReplicasStructureWarning",
			up(),
			{ binlogFormat: "MIXED" },
			{},
		],
		[
			"MultipleMajorVersionsLoggingReplicasStructureWarning",
			up(),
			{ majorVersion: "8.0" },
			{ majorVersion: "8.4" },
		],
		[
			"DifferentGTIDModesStructureWarning",
			up(),
			{},
			{ gtidMode: "ON_PERMISSIVE" },
		],
		["ErrantGTIDStructureWarning", up(), {}, { errantGtid: "x:1" }],
		["NoWriteableMasterStructureWarning", up({ readOnly: true }), {}, {}],
		[
			"NotEnoughValidSemiSyncReplicasStructureWarning",
			up({ semiSync: { ...LOSSLESS, sourceActive: false, clients: 0 } }),
			{},
			{},
		],
	])("%s", (code, primary, a, b) => {
		expect(warned(primary, a, b)).toEqual([code]);
	});

	it("are none in a good cluster", () => {
		expect(warned(up({ semiSync: LOSSLESS }))).toEqual([]);
	});

	it("come in their order", () => {
		expect(
			warned(
				up({ readOnly: true }),
				{ ...plain, binlogFormat: "STATEMENT", errantGtid: "x:1" },
				{ ...plain, binlogFormat: "MIXED" },
			),
		).toEqual([
			"NoFailoverSupportStructureWarning",
			"StatementAndMixedLoggingReplicasStructureWarning",
			"ErrantGTIDStructureWarning",
			"NoWriteableMasterStructureWarning",
		]);
	});

	it("leave out what does not log, and binary logs of replicas alone", () => {
		const silent = { logBin: false, binlogFormat: "STATEMENT" };
		expect(warned(up({ binlogFormat: "MIXED" }), silent)).toEqual([]);
	});

	it("do not count errant transactions of downtimed replicas", () => {
		expect(
			entryOf([up(), replica("a", 2, { errantGtid: "x:1" })], {
				downtimes: [downtimeOf("a")],
			}).structure,
		).toEqual([]);
	});

	it("accept Pseudo-GTID instead of GTID", () => {
		expect(warned(up({ usingPseudoGtid: true }), plain, plain)).toEqual([]);
	});

	it("are told of intermediate sources only where they are about any source", () => {
		const middle = replica("m", 9, { readOnly: true });
		const below = (rest: Partial<Instance>) =>
			replica("x", 4, rest, { sourceHost: "m" });
		expect(entryOf([middle, below({})]).structure).toEqual([]);
		expect(
			entryOf([middle, below({ gtidMode: "OFF", errantGtid: "x:1" })])
				.structure,
		).toEqual([
			"DifferentGTIDModesStructureWarning",
			"ErrantGTIDStructureWarning",
		]);
	});

	it("are told of members of replication groups", () => {
		const group = {
			...NO_GROUP,
			name: "g",
			memberState: "ONLINE",
			memberRole: "PRIMARY",
		};
		expect(warned(up({ group, readOnly: true }))).toEqual([
			"NoWriteableMasterStructureWarning",
		]);
	});
});
