import { describe, expect, it } from "vitest";
import {
	replica,
	replicating,
	server,
} from "../../test/support/made-up-servers.ts";
import {
	channelsFrom,
	channelsOf,
	channelsText,
	isMultiSource,
} from "./channels.ts";

const one = replica("a", 2);
const further = replicating("q", { channel: "from_q" });
const two = { ...one, otherChannels: [further] };

describe("the channels of an instance", () => {
	it("are those that name a source", () => {
		expect(channelsOf(server("p", 1))).toEqual([]);
		expect(channelsOf(one)).toEqual([one.replication]);
		expect(channelsOf(two)).toEqual([one.replication, further]);
		const group = replicating("", { channel: "group_replication_applier" });
		expect(channelsOf({ ...one, otherChannels: [group] })).toEqual([
			one.replication,
		]);
		const reset = replicating("_", { channel: "gone", sourcePort: 0 });
		expect(channelsOf({ ...one, otherChannels: [reset] })).toHaveLength(1);
	});

	it("are found by their source, detached ones by none", () => {
		expect(channelsFrom(two, "q:3306")).toEqual([further]);
		expect(channelsFrom(two, "x:3306")).toEqual([]);
		const detached = replica("a", 2, {}, { sourceHost: "//p" });
		expect(channelsFrom(detached, "p:3306")).toEqual([]);
		expect(channelsFrom(detached, "//p:3306")).toEqual([]);
	});

	it("count as several from two on, from one server too", () => {
		expect([server("p", 1), one, two].map(isMultiSource)).toEqual([
			false,
			false,
			true,
		]);
		const twice = {
			...one,
			otherChannels: [replicating("p", { channel: "b" })],
		};
		expect(isMultiSource(twice)).toBe(true);
		expect(channelsFrom(twice, "p:3306")).toHaveLength(2);
	});

	it("are told by name and source", () => {
		expect(channelsText(two)).toBe("the default one (p:3306), from_q (q:3306)");
	});
});
