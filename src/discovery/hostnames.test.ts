import { describe, expect, it } from "vitest";
import { createHostnames, resolveHostname } from "./hostnames.ts";

const keys = (
	HostnameResolveMethod: string,
	RejectHostnameResolvePattern = "",
) => ({
	HostnameResolveMethod,
	RejectHostnameResolvePattern,
	ExpiryHostnameResolvesMinutes: 60,
});

const MINUTE_MS = 60_000;

/** A name service that knows a few names and counts what it is asked. */
const namesOf = (
	method: string,
	known: Readonly<Record<string, string>> = {},
	reject = "",
) => {
	let nowMs = 1_800_000_000_000;
	const asked: string[] = [];
	const saved: string[] = [];
	const stored: { hostname: string; resolved: string; atMs: number }[] = [];
	const hostnames = createHostnames({
		config: () => keys(method, reject),
		nowMs: () => nowMs,
		network: {
			cname: async (host) => {
				asked.push(host);
				const name = known[host];
				if (name === undefined) throw new Error("no such host");
				return name;
			},
		},
		store: {
			hostnames: {
				resolves: async () => stored,
				saveResolve: async ({
					hostname,
					resolved,
				}: {
					hostname: string;
					resolved: string;
				}) => {
					saved.push(`${hostname}=${resolved}`);
				},
			} as never,
		},
	});
	return {
		hostnames,
		asked,
		saved,
		stored,
		now: () => nowMs,
		pass: (ms: number) => {
			nowMs += ms;
		},
	};
};

describe("HostnameResolveMethod", () => {
	it.each(["default", "none", "nonsense", "toString"])(
		"%s keeps the name and asks nobody",
		async (method) => {
			expect(await resolveHostname(keys(method), "no.such.host.invalid")).toBe(
				"no.such.host.invalid",
			);
		},
	);

	it("ip gives the address, IPv4 first, in any case of the word", async () => {
		expect(await resolveHostname(keys("IP"), "127.0.0.1")).toBe("127.0.0.1");
		expect(["127.0.0.1", "::1"]).toContain(
			await resolveHostname(keys("ip"), "localhost"),
		);
	});

	it("refuses a name that does not resolve, that is empty, or that holds a comma", async () => {
		for (const host of ["no such host", "", "a,b"])
			await expect(resolveHostname(keys("ip"), host)).rejects.toMatchObject({
				code: "BadInput",
				message: expect.stringContaining("cannot resolve host"),
			});
	});

	it("asks once for each lifetime, and after a minute again for what did not resolve", async () => {
		const { hostnames, asked, pass } = namesOf("cname", { a: "b" });
		expect(await hostnames.settle("a")).toBe("b");
		expect(hostnames.known("a")).toBe("b");
		pass(59 * MINUTE_MS);
		await hostnames.settle("a");
		pass(2 * MINUTE_MS);
		expect(hostnames.known("a")).toBeUndefined();
		await hostnames.settle("a");
		expect(asked).toEqual(["a", "a"]);
		expect(await hostnames.settle("gone")).toBe("gone");
		await hostnames.settle("gone");
		pass(61_000);
		await hostnames.settle("gone");
		expect(asked.slice(2)).toEqual(["gone", "gone"]);
	});

	it("leaves a detached host alone, and drops what RejectHostnameResolvePattern matches", async () => {
		const { hostnames, asked } = namesOf("cname", { a: "b.bad" }, "bad$");
		expect(await hostnames.settle("//a")).toBe("//a");
		expect(asked).toEqual([]);
		expect(await hostnames.resolve("a")).toBe("a");
		expect(hostnames.known("a")).toBeUndefined();
		expect(asked).toEqual(["a"]);
	});
});

describe("what servers call themselves", () => {
	it("is used for the name they are contacted by, and stored", async () => {
		const { hostnames, saved } = namesOf("default");
		await hostnames.learn("10.0.0.1", "db1");
		await hostnames.learn("db1", "db1");
		expect(hostnames.known("10.0.0.1")).toBe("db1");
		expect(await hostnames.settle("10.0.0.1")).toBe("db1");
		expect(saved).toEqual(["10.0.0.1=db1"]);
	});

	it("is not stored under the method none", async () => {
		const { hostnames, saved } = namesOf("none");
		await hostnames.learn("10.0.0.1", "db1");
		expect(hostnames.known("10.0.0.1")).toBe("db1");
		expect(saved).toEqual([]);
	});

	it("of two names that point at each other only the newer stays", async () => {
		const { hostnames } = namesOf("default");
		await hostnames.learn("a", "b");
		await hostnames.learn("b", "a");
		expect([hostnames.known("a"), hostnames.known("b")]).toEqual(["a", "a"]);
	});

	it("comes from the store at the start, and is forgotten after two lifetimes", async () => {
		const { hostnames, stored, now, pass } = namesOf("default");
		stored.push({ hostname: "10.0.0.1", resolved: "db1", atMs: now() });
		await hostnames.load();
		pass(119 * MINUTE_MS);
		expect(hostnames.known("10.0.0.1")).toBe("db1");
		pass(2 * MINUTE_MS);
		expect(hostnames.known("10.0.0.1")).toBe("10.0.0.1");
	});

	it("goes on from what the network says", async () => {
		const { hostnames } = namesOf("cname", { alias: "real" });
		await hostnames.learn("real", "db1");
		expect(await hostnames.settle("alias")).toBe("db1");
	});
});
