import fc from "fast-check";
import { expect, it } from "vitest";
import { foldHost, isHost } from "./host.ts";

it.each([
	["LocalHost", "localhost"],
	["DB1.Example.COM.", "db1.example.com."],
	["10.0.0.1", "10.0.0.1"],
	["::1", "::1"],
	["[::1]", "::1"],
	["0:0:0:0:0:0:0:1", "::1"],
	["0000:0000:0000:0000:0000:0000:0000:0001", "::1"],
	["[FE80::0:2]", "fe80::2"],
	["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
	["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
	["0:0:0:0:0:0:0:0", "::"],
	["1::", "1::"],
	["::ffff:127.0.0.1", "127.0.0.1"],
	["::FFFF:7f00:1", "127.0.0.1"],
	["0:0:0:0:0:ffff:10.0.0.1", "10.0.0.1"],
	// Not mapped: an address of its own.
	["::10.0.0.1", "::a00:1"],
	["64:ff9b::10.0.0.1", "64:ff9b::a00:1"],
	// No addresses: nothing but their case is known.
	["1:2:3", "1:2:3"],
	["1::2::3", "1::2::3"],
	["::ffff:1.2.3.999", "::ffff:1.2.3.999"],
	["1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:9"],
	["1:2:3:4:5:6:7::8", "1:2:3:4:5:6:7::8"],
	["12345::", "12345::"],
	["//DB1", "//db1"],
	["//0:0::1", "//::1"],
	["_", "_"],
	["", ""],
])("%s is %s", (text, folded) => {
	expect(foldHost(text)).toBe(folded);
});

const GROUP = fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16));
const HOSTS = fc.oneof(
	fc.string({ unit: "binary" }),
	fc.array(GROUP, { minLength: 0, maxLength: 9 }).map((all) => all.join(":")),
	fc
		.tuple(fc.array(GROUP, { maxLength: 6 }), fc.array(GROUP, { maxLength: 6 }))
		.map(([left, right]) => `${left.join(":")}::${right.join(":")}`),
);

it("folds once and for all, and makes no host of what is none, nor the other way round", () => {
	fc.assert(
		fc.property(HOSTS, (text) => {
			const folded = foldHost(text);
			expect(foldHost(folded)).toBe(folded);
			if (!/^\[/.test(text) && isHost(text)) expect(isHost(folded)).toBe(true);
		}),
	);
});

it("marks in front stay, however many, and are read once", () => {
	expect(foldHost("////DB1")).toBe("////db1");
	expect(foldHost("//[0:0::1]")).toBe("//::1");
	expect(foldHost(`${"/".repeat(100_000)}A`)).toHaveLength(100_001);
});
