import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { createAddresses } from "./addresses.ts";

const set = () => {
	let nowMs = 0;
	let answers: Readonly<Record<string, readonly string[]>> = {
		db1: ["::1", "10.0.0.1", "10.0.0.2"],
		db2: ["fe80::2"],
	};
	const asked: string[] = [];
	const found: unknown[] = [];
	const addresses = createAddresses({
		nowMs: () => nowMs,
		found: (host, { ipv4, ipv6 }) => found.push([host, ipv4, ipv6]),
		ask: async (host) => {
			asked.push(host);
			const all = answers[host];
			if (all === undefined) throw new Error("not found");
			return all.map((address) => ({ address }));
		},
	});
	return {
		asked,
		found,
		see: async (...hosts: readonly string[]) => {
			for (const host of hosts) addresses.note(host);
			await turn();
		},
		pass: (ms: number, then: typeof answers) => {
			nowMs += ms;
			answers = then;
		},
	};
};

it("finds the first address of each family, and asks again after ten minutes", async () => {
	const { asked, found, see, pass } = set();
	await see("db1", "db2", "gone", "db1");
	await see("db1", "db2", "gone");
	expect(asked).toEqual(["db1", "db2", "gone"]);
	expect(found).toEqual([
		["db1", "10.0.0.1", "::1"],
		["db2", "", "fe80::2"],
	]);
	pass(600_000, { db1: ["10.0.0.9"], db2: ["fe80::2"] });
	await see("db1", "db2");
	expect(asked.slice(3)).toEqual(["db1", "db2"]);
	expect(found.slice(2)).toEqual([["db1", "10.0.0.9", ""]]);
});

it("keeps what was known of a host that has no address now", async () => {
	const { found, see, pass } = set();
	await see("db1");
	pass(600_000, {});
	await see("db1");
	pass(600_000, { db1: ["::1", "10.0.0.1"] });
	await see("db1");
	expect(found).toEqual([["db1", "10.0.0.1", "::1"]]);
});
