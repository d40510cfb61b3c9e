import { describe, expect, it } from "vitest";
import { failing, server } from "../../test/support/made-up-servers.ts";
import type { Proof } from "../mysql/one-process.ts";
import type { Servers } from "../mysql/servers.ts";
import type { Instance } from "../topology/instance.ts";
import { createHostnames } from "./hostnames.ts";
import { settleOwnName } from "./own-name.ts";

/** The server that is found under its own name. */
const settle = async (
	seen: Instance,
	there: Instance,
	outcome: Proof["outcome"] = "one",
) => {
	const looks: string[] = [];
	const hostnames = createHostnames({
		config: () => ({
			HostnameResolveMethod: "default",
			RejectHostnameResolvePattern: "",
			ExpiryHostnameResolvesMinutes: 60,
		}),
		nowMs: Date.now,
	});
	const servers = {
		look: async (name: string) => {
			looks.push(name);
			return there;
		},
	} as unknown as Servers;
	const proveOne = async () =>
		outcome === "one"
			? { outcome, own: { hosts: [], port: 3306 } }
			: outcome === "two"
				? { outcome }
				: { outcome, why: "no lock" };
	const settled = await settleOwnName(
		{ servers, hostnames, proveOne },
		"ip:3306",
		seen,
	);
	return { ...settled, looks, learnt: hostnames.known("ip") };
};

const seen = server("db1", 1);

describe("the name of a server", () => {
	it("is what it calls itself where it is found", async () => {
		expect(await settle(seen, seen)).toEqual({
			name: "db1:3306",
			looks: ["db1:3306"],
			learnt: "db1",
		});
	});

	it("is the contact's when another server is found there: the two are not one", async () => {
		const { name, finding, learnt } = await settle(seen, server("db1", 2));
		expect([name, learnt]).toEqual(["ip:3306", "ip"]);
		expect(finding?.says).toContain("so does another server");
	});

	it("is the contact's when a copy with its UUID is found there", async () => {
		const { name, learnt } = await settle(seen, seen, "two");
		expect([name, learnt]).toEqual(["ip:3306", "ip"]);
	});

	it("is the contact's as long as it cannot be proved that they are one", async () => {
		const { name, finding, learnt } = await settle(seen, seen, "unknown");
		expect([name, learnt]).toEqual(["ip:3306", "ip"]);
		expect(finding?.says).toContain("could not be found out");
	});

	it("is the contact's when nothing answers there", async () => {
		const { name, finding } = await settle(
			seen,
			server("db1", 1, { check: failing("timeout", "no answer") }),
		);
		expect(name).toBe("ip:3306");
		expect(finding?.says).toContain("no answer");
	});

	it("is not looked into when it is the contact's", async () => {
		const { name, looks } = await settle(server("ip", 1), seen);
		expect([name, looks]).toEqual(["ip:3306", []]);
	});
});
