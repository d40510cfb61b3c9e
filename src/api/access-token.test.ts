import { afterEach, beforeEach, expect, test } from "vitest";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../../test/support/temporary-api.ts";

let served: TemporaryApi;
beforeEach(async () => {
	served = await serveTemporaryApi({
		config: { AuthenticationMethod: "token", URLPrefix: "/baton" },
	});
	await served.fill();
});
afterEach(() => served.stop());

const ask = (path: string, init: RequestInit = {}) =>
	fetch(`${served.address}/baton${path}`, { redirect: "manual", ...init });

const exchange = (publicToken: string, init: RequestInit = {}) =>
	ask(`/web/access-token?publicToken=${publicToken}`, init);

const untag = async (cookie: string) =>
	(await ask("/api/untag/db1/3306?tag=x", { headers: { cookie } })).json();

test("a token is exchanged for a cookie that lets its browser change things", async () => {
	expect((await ask("/api/clusters")).status).toBe(200);
	expect(await untag("")).toMatchObject({ Message: "Unauthorized" });
	const token = await served.store.accessTokens.generate("ann", Date.now());
	// As a link in a mail or a chat is opened.
	const response = await exchange(token, {
		headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
	});
	expect(response.status).toBe(302);
	expect(response.headers.get("location")).toBe("/baton/");
	const cookie = response.headers.get("set-cookie") ?? "";
	expect(cookie).toMatch(
		new RegExp(
			`^access-token=${token}:[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Lax$`,
		),
	);
	const [pair = ""] = cookie.split(";");
	expect(await untag(pair)).toMatchObject({ Code: "OK", Details: [] });
	expect(await untag(`access-token=${token}:${token}`)).toMatchObject({
		Message: "Unauthorized",
	});
	expect(await untag("access-token=broken")).toMatchObject({
		Message: "Unauthorized",
	});
});

test("a token is good for one exchange, and not for long", async () => {
	const { accessTokens } = served.store;
	const refused = async (publicToken: string, method = "GET") => {
		const response = await exchange(publicToken, { method });
		expect(response.status).toBe(200);
		expect(response.headers.get("set-cookie")).toBeNull();
		if (method === "GET")
			expect(await response.json()).toMatchObject({
				Code: "ERROR",
				Details: null,
			});
	};
	const token = await accessTokens.generate("ann", Date.now());
	await refused(token, "HEAD");
	expect((await exchange(token)).status).toBe(302);
	await refused(token);
	await refused("");
	await refused("unknown");
	await refused(await accessTokens.generate("ann", Date.now() - 62_000));
});

test("an old pair grants nothing", async () => {
	const { accessTokens } = served.store;
	const longAgo = Date.now() - 25 * 3_600_000;
	const token = await accessTokens.generate("ann", longAgo);
	const secret = await accessTokens.acquire(token, 0, longAgo);
	expect(await untag(`access-token=${token}:${secret}`)).toMatchObject({
		Message: "Unauthorized",
	});
});
