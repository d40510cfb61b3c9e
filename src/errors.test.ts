import { expect, it, test } from "vitest";
import { BatonError, ERROR_KINDS, errors, errorText } from "./errors.ts";
import { unreachable } from "./mysql/driver-error.ts";

const AT = Date.UTC(2026, 0, 1);

/** Each names the thing, the reason and what to do. */
test.each<[BatonError, string]>([
	[errors.instanceNotGiven(), "cannot deduce instance: give -i"],
	[
		errors.noInstance("a b", "-d"),
		'cannot read -d "a b" as an instance; give host or host:port',
	],
	[
		errors.noDuration("soon"),
		'cannot read duration "soon"; give digits and one of s, m, h, d, w',
	],
	[
		errors.noPromotionRule("x", ["prefer", "neutral"]),
		'invalid -promotion-rule "x"; give one of prefer, neutral',
	],
	[
		errors.unknownInstance("a:1", "no known instance matches"),
		"instance not found: a:1; no known instance matches; all-instances lists those that are known, discover adds one",
	],
	[
		errors.unknownCluster("c"),
		"no cluster is known as c; clusters-alias lists those that are",
	],
	[errors.clusterNotSelected(), "no cluster is selected; give -alias or -i"],
	[
		errors.busy("takeover", AT),
		"a takeover of this cluster is running since 2026-01-01T00:00:00.000Z: wait for its end, or look at it in the Temporal UI",
	],
	[
		errors.noDomain("c"),
		"cluster c has no domain; DetectClusterDomainQuery gives it one",
	],
])("%s", (error, message) => {
	expect(error.message).toBe(message);
	expect(error).toBeInstanceOf(BatonError);
});

it("says with its code how a call ends", () => {
	expect(errors.clusterNotSelected().kind).toBe(ERROR_KINDS.UnknownCluster);
	expect(errors.busy("x", AT).kind.retryable).toBe(true);
});

test.each<[Parameters<typeof unreachable>[1]["outcome"], RegExp]>([
	[
		"connection-refused",
		/^db1:3306: why; start it, or check its host and port$/,
	],
	["timeout", /; check whether it hangs, and the network between$/],
	["lost", /; look again; /],
	["refused-by-server", /; check MySQLTopologyUser and its password/],
	["own-fault", /; this host cannot look: mend that here$/],
])("a server that was not seen for %s says what to do", (outcome, message) => {
	const error = unreachable("db1:3306", { outcome, error: "why" });
	expect(error.code).toBe("ServerUnreachable");
	expect(error.message).toMatch(message);
});

test.each<[unknown, string]>([
	[new Error("no"), "no"],
	["no", "no"],
	[
		new AggregateError(
			[new Error("::1 refused"), new Error("127.0.0.1 refused")],
			"",
		),
		"::1 refused; 127.0.0.1 refused",
	],
	[new Error("", { cause: new Error("inner") }), "inner"],
	[new TypeError(""), "TypeError"],
])("%s always says something", (error, says) => {
	expect(errorText(error)).toBe(says);
});
