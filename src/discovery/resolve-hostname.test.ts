import { expect, test } from "vitest";
import { resolveHostname } from "./hostnames.ts";

const resolve = (method: string, host: string, reject = "") =>
	resolveHostname(
		{
			HostnameResolveMethod: method,
			RejectHostnameResolvePattern: reject,
			ExpiryHostnameResolvesMinutes: 60,
		},
		host,
	);

test.each(["default", "none", "nonsense", "toString"])(
	"%s keeps the name and asks nobody",
	async (method) => {
		expect(await resolve(method, "no.such.host.invalid")).toBe(
			"no.such.host.invalid",
		);
	},
);

test("ip gives the address, in any case of the word", async () => {
	expect(await resolve("IP", "127.0.0.1")).toBe("127.0.0.1");
	expect(["127.0.0.1", "::1"]).toContain(await resolve("ip", "localhost"));
});

test("a rejected result keeps the name", async () => {
	expect(await resolve("ip", "localhost", "^(127|::1)")).toBe("localhost");
});

test("a name that does not resolve is refused", async () => {
	await expect(resolve("ip", "no such host")).rejects.toMatchObject({
		code: "BadInput",
		message: expect.stringContaining("cannot resolve host"),
	});
});
