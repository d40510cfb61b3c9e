import { expect, test } from "vitest";
import {
	type AuthenticationSettings,
	createAuthenticator,
	hasAuthentication,
} from "./authenticator.ts";

const SETTINGS: AuthenticationSettings = {
	AuthenticationMethod: "",
	HTTPAuthUser: "admin",
	HTTPAuthPassword: "p:w",
	AuthUserHeader: "X-Forwarded-User",
	PowerAuthUsers: ["*"],
	PowerAuthGroups: [],
	AccessTokenExpiryMinutes: 10,
	ReadOnly: false,
};

const ask = (
	settings: Partial<AuthenticationSettings>,
	headers: Record<string, string> = {},
) =>
	createAuthenticator({
		settings: () => ({ ...SETTINGS, ...settings }),
		groupsOf: async (user) => (user === "eve" ? ["dba"] : []),
		isTokenValid: async ({ publicToken, secretToken }, validForMs) =>
			publicToken === "p" && secretToken === "s" && validForMs === 600_000,
	})(headers);

const basic = (user: string, password: string) => ({
	authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

test.each(["", "unheard-of"])(
	"method %j lets everyone change",
	async (method) => {
		expect(await ask({ AuthenticationMethod: method })).toEqual({
			user: "",
			mayChange: true,
		});
	},
);

test("basic wants exactly the configured user and password", async () => {
	const method = { AuthenticationMethod: "Basic" };
	expect(await ask(method)).toBeUndefined();
	expect(await ask(method, basic("admin", "p"))).toBeUndefined();
	expect(await ask(method, basic("readonly", "x"))).toBeUndefined();
	expect(await ask(method, { authorization: "Basic ???" })).toBeUndefined();
	expect(await ask(method, basic("admin", "p:w"))).toEqual({
		user: "admin",
		mayChange: true,
	});
});

test("multi knows a read-only user with any password", async () => {
	const method = { AuthenticationMethod: "multi" };
	expect(await ask(method, basic("readonly", "x"))).toEqual({
		user: "readonly",
		mayChange: false,
	});
	expect(await ask(method, basic("other", "x"))).toBeUndefined();
	expect((await ask(method, basic("admin", "p:w")))?.mayChange).toBe(true);
});

test("proxy names the user, and asks the lists", async () => {
	const method = {
		AuthenticationMethod: "proxy",
		AuthUserHeader: "x-User",
		PowerAuthUsers: ["bob"],
		PowerAuthGroups: ["dba"],
	};
	const as = (user: string) => ask(method, { "x-user": user });
	expect(await as("bob")).toEqual({ user: "bob", mayChange: true });
	expect(await as("eve")).toEqual({ user: "eve", mayChange: true });
	expect(await as("mallory")).toEqual({ user: "mallory", mayChange: false });
	expect(await ask(method)).toEqual({ user: "", mayChange: false });
});

test.each(["token", "oauth"])(
	"nobody changes anything by %s",
	async (method) => {
		expect((await ask({ AuthenticationMethod: method }))?.mayChange).toBe(
			false,
		);
	},
);

test("whoever brings a valid pair of tokens may change", async () => {
	const method = { AuthenticationMethod: "Token" };
	for (const [cookie, mayChange] of [
		["access-token=p:s", true],
		["access-token=p:x", false],
		["access-token=p", false],
	] as const)
		expect(await ask(method, { cookie })).toEqual({ user: "", mayChange });
	expect(
		await ask(
			{ ...method, AccessTokenExpiryMinutes: 9 },
			{ cookie: "access-token=p:s" },
		),
	).toEqual({ user: "", mayChange: false });
	expect(
		await ask({ ...method, ReadOnly: true }, { cookie: "access-token=p:s" }),
	).toEqual({ user: "", mayChange: false });
});

test("ReadOnly goes before every method", async () => {
	expect(await ask({ ReadOnly: true })).toEqual({ user: "", mayChange: false });
	expect(
		await ask(
			{ ReadOnly: true, AuthenticationMethod: "basic" },
			basic("admin", "p:w"),
		),
	).toEqual({ user: "", mayChange: false });
});

test("knows whether anything is asked at all", () => {
	expect(hasAuthentication({ AuthenticationMethod: "MULTI" })).toBe(true);
	expect(hasAuthentication({ AuthenticationMethod: "nope" })).toBe(false);
});
