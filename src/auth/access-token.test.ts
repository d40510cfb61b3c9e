import fc from "fast-check";
import { expect, test } from "vitest";
import { accessTokenCookie, accessTokensOf } from "./access-token.ts";

const PAIR = { publicToken: "ab12", secretToken: "cd34" };

test("the cookie that is set is the one that is read", () => {
	expect(accessTokenCookie(PAIR, false)).toBe(
		"access-token=ab12:cd34; Path=/; HttpOnly; SameSite=Lax",
	);
	expect(accessTokenCookie(PAIR, true)).toMatch(/; Secure$/);
	for (const cookie of [
		"access-token=ab12:cd34",
		'a=b; access-token="ab12:cd34"; c=d',
		"a=b;access-token=ab12:cd34",
	])
		expect(accessTokensOf({ cookie })).toEqual(PAIR);
});

test.each([
	undefined,
	"",
	"access-token=",
	"access-token=ab12",
	"access-token=ab12:",
	"access-token=:cd34",
	"access-token=a:b:c",
	"not-access-token=ab12:cd34",
])("cookie %j shows nothing", (cookie) => {
	expect(
		accessTokensOf(cookie === undefined ? {} : { cookie }),
	).toBeUndefined();
});

test("no cookie makes it fail", () => {
	fc.assert(
		fc.property(fc.string(), (text) => {
			accessTokensOf({ cookie: text });
			accessTokensOf({ cookie: `access-token=${text}` });
		}),
	);
});
