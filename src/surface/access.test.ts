/** Who may not change anything does not, by any spelling of any call, and is told so. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { storePicture } from "../../test/support/store-picture.ts";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../../test/support/temporary-api.ts";
import type { Configuration } from "../config/keys.ts";

const basic = (user: string, password: string): string =>
	`Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

const LOGIN = { HTTPAuthUser: "u", HTTPAuthPassword: "p" };

const PAGE = { "user-agent": "Mozilla/5.0" };

interface Refused {
	readonly config: Partial<Configuration>;
	readonly headers: Readonly<Record<string, string>>;
	readonly status: 401 | 500;
	readonly says: RegExp;
	/** It is shown what only those are shown who may change something. */
	readonly isShownAll?: true;
}

const ELSEWHERE = {
	config: {},
	status: 500,
	says: /^refused: a browser was sent here/,
} as const;
const MAY_NOT = { status: 500, says: /^Unauthorized$/ } as const;
const NOT_LET_IN = { status: 401, says: /^Not Authorized\n$/ } as const;

const CALLERS: Readonly<Record<string, Refused>> = {
	"whoever calls a node that is read-only": {
		...MAY_NOT,
		config: { ReadOnly: true },
		headers: {},
	},
	"a person who may all, of a node that is read-only": {
		...MAY_NOT,
		config: { ReadOnly: true, AuthenticationMethod: "basic", ...LOGIN },
		headers: { authorization: basic("u", "p") },
	},
	"nobody in particular": {
		...NOT_LET_IN,
		config: { AuthenticationMethod: "basic", ...LOGIN },
		headers: {},
	},
	"a wrong password": {
		...NOT_LET_IN,
		config: { AuthenticationMethod: "multi", ...LOGIN },
		headers: { authorization: basic("u", "P") },
	},
	"the user who reads only": {
		...MAY_NOT,
		config: { AuthenticationMethod: "multi", ...LOGIN },
		headers: { authorization: basic("readonly", "whatever") },
	},
	"a user of the proxy who is none of the power users": {
		...MAY_NOT,
		config: {
			AuthenticationMethod: "proxy",
			AuthUserHeader: "X-User",
			PowerAuthUsers: ["ann"],
		},
		headers: { "x-user": "bob" },
	},
	"a proxy that names nobody": {
		...MAY_NOT,
		config: {
			AuthenticationMethod: "proxy",
			AuthUserHeader: "X-User",
			PowerAuthUsers: ["ann"],
		},
		headers: {},
	},
	"no token": {
		...MAY_NOT,
		config: { AuthenticationMethod: "token" },
		headers: {},
	},
	"a token that nobody has handed out": {
		...MAY_NOT,
		config: { AuthenticationMethod: "token" },
		headers: {
			cookie: `access-token=${"a".repeat(64)}:${"b".repeat(64)}`,
		},
	},
	"whoever calls with OAuth": {
		...MAY_NOT,
		config: { AuthenticationMethod: "oauth" },
		headers: { authorization: "Bearer x" },
	},
	"a page of another site": {
		...ELSEWHERE,
		headers: { ...PAGE, "sec-fetch-site": "cross-site" },
	},
	"a page of a sibling host": {
		...ELSEWHERE,
		headers: { ...PAGE, "sec-fetch-site": "same-site" },
	},
	"a typed or hidden address": {
		...ELSEWHERE,
		headers: PAGE,
		isShownAll: true,
	},
	"another origin": {
		...ELSEWHERE,
		headers: { ...PAGE, origin: "http://evil.example" },
	},
	"no origin": { ...ELSEWHERE, headers: { ...PAGE, origin: "null" } },
	"a page of another site that may all": {
		...ELSEWHERE,
		config: { AuthenticationMethod: "basic", ...LOGIN },
		headers: {
			...PAGE,
			authorization: basic("u", "p"),
			referer: "http://evil.example/",
		},
	},
};

/** What stands for the parameters of a path. */
const USUAL: Readonly<Record<string, string>> = {
	host: "db2",
	port: "3306",
	belowHost: "db3",
	belowPort: "3306",
	siblingHost: "db3",
	siblingPort: "3306",
	clusterHint: "orders",
	clusterAlias: "orders",
	clusterName: "db1:3306",
	promotionRule: "prefer",
	seconds: "5",
	duration: "2h",
};

const pathOf = (route: string): string =>
	route.replaceAll(/:(\w+)/g, (_, name: string) => USUAL[name] ?? "1");

describe.each(Object.entries(CALLERS))(
	"%s",
	(_, { config, headers, status, says, isShownAll = false }) => {
		let served: TemporaryApi;
		beforeAll(async () => {
			served = await serveTemporaryApi({
				config: { AuditToBackendDB: false, ...config },
			});
			await served.fill();
		});
		afterAll(() => served.stop());

		test.each(["GET", "POST"])("changes nothing by %s", async (method) => {
			const before = await storePicture(served.store);
			const changing = served.api.routes.filter(
				({ changes, access }) => changes || (!isShownAll && access === "write"),
			);
			expect(changing.length).toBeGreaterThan(100);
			const letIn = [];
			for (const { path, query, changes } of changing) {
				if (!changes && method === "POST") continue;
				const beside = query.includes("comment") ? "?comment=seen" : "";
				const response = await fetch(
					`${served.address}/api/${pathOf(path)}${beside}`,
					{ method, headers, redirect: "manual" },
				);
				const text = await response.text();
				const told = status === 401 ? text : JSON.parse(text).Message;
				if (response.status !== status || !says.test(told))
					letIn.push(`${path}: ${response.status} ${text.slice(0, 200)}`);
			}
			expect(letIn).toEqual([]);
			expect(served.scripted.asked).toEqual([]);
			expect(await storePicture(served.store)).toEqual(before);
		});
	},
);

test.each(["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])(
	"nothing is changed by %s, whoever asks",
	async (method) => {
		const served = await serveTemporaryApi({
			config: { AuditToBackendDB: false },
		});
		await served.fill();
		const before = await storePicture(served.store);
		for (const { path } of served.api.routes.filter(({ changes }) => changes)) {
			const response = await fetch(`${served.address}/api/${pathOf(path)}`, {
				method,
			});
			await response.text();
			expect([path, response.ok]).toEqual([path, false]);
		}
		expect(served.scripted.asked).toEqual([]);
		expect(await storePicture(served.store)).toEqual(before);
		await served.stop();
	},
);
