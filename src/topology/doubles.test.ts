import { describe, expect, it } from "vitest";
import { server } from "../../test/support/made-up-servers.ts";
import {
	isSameServer,
	type NameClaim,
	nameThatStays,
	seenServer,
	suspectsAmong,
} from "./doubles.ts";
import type { Instance } from "./instance.ts";

const maria = (serverId: number, uptimeSeconds: number, host = "m"): Instance =>
	server(host, serverId, { serverUuid: "", uptimeSeconds });

describe("one server", () => {
	it("is told by its UUID, on MariaDB by its id and its start", () => {
		expect(isSameServer(server("a", 1), server("b", 1))).toBe(true);
		expect(isSameServer(server("a", 1), server("a", 2))).toBe(false);
		expect(isSameServer(maria(1, 100), maria(1, 102))).toBe(true);
		expect(isSameServer(maria(1, 100), maria(1, 900))).toBe(false);
		expect(isSameServer(maria(1, 100), maria(2, 100))).toBe(false);
	});

	it("is no binlog server: those of one primary tell its id, and nothing of their own", () => {
		const relay = (host: string) =>
			server(host, 1, { serverUuid: "", version: "2.1.17-maxscale" });
		expect(isSameServer(relay("x"), relay("y"))).toBe(false);
		expect(isSameServer(relay("x"), maria(1, 0))).toBe(false);
		expect(isSameServer(relay("x"), server("p", 1))).toBe(false);
	});

	it("under several names is suspected once a pair", () => {
		const named = (servers: readonly Instance[]) =>
			suspectsAmong(servers.map(seenServer)).map(([one, other]) => [
				one.name,
				other.name,
			]);
		expect(named([server("a", 1), server("b", 2), server("c", 1)])).toEqual([
			["a:3306", "c:3306"],
		]);
		expect(
			named([
				maria(1, 100, "a"),
				maria(1, 900, "b"),
				maria(1, 101, "c"),
				maria(1, 102, "d"),
			]),
		).toEqual([
			["a:3306", "c:3306"],
			["a:3306", "d:3306"],
			["c:3306", "d:3306"],
		]);
		expect(
			named([server("a", 1, { version: "" }), server("b", 1, { version: "" })]),
		).toEqual([]);
	});
});

describe("the name that stays", () => {
	const claim = (rest: Partial<NameClaim>): NameClaim => ({
		name: "b:3306",
		followers: 0,
		isOwnPort: false,
		isOwnHost: false,
		isOnRecord: false,
		isOlder: false,
		...rest,
	});
	const other = claim({ name: "a:3306" });
	const stays = (one: NameClaim, against: NameClaim) => {
		expect(nameThatStays(one, against)).toBe(nameThatStays(against, one));
		return nameThatStays(one, against);
	};

	it.each<[string, Partial<NameClaim>, Partial<NameClaim>]>([
		[
			"it calls itself so",
			{ isOwnHost: true, isOwnPort: true },
			{ isOnRecord: true, followers: 9, isOwnPort: true },
		],
		["it is on record", { isOnRecord: true }, { followers: 9 }],
		["it is the server's port", { isOwnPort: true }, { followers: 9 }],
		["replicas name it", { followers: 2 }, { followers: 1, isOwnHost: true }],
		["it is the server's host", { isOwnHost: true }, { isOlder: true }],
		["it was known first", { isOlder: true }, {}],
	])("is the one of which more can be said: %s", (_, one, against) => {
		expect(stays(claim(one), { ...other, ...against })).toBe("b:3306");
	});

	it("is the first by name when nothing else decides", () => {
		expect(stays(claim({}), other)).toBe("a:3306");
	});
});
