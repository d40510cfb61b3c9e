import { expect, it } from "vitest";
import {
	failing,
	replica,
	server,
} from "../../test/support/made-up-servers.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { aliasAmong, aliasesByName } from "./aliases.ts";

it("ClusterNameToAlias: the first pattern in the order of the file decides", () => {
	const aliasOf = aliasesByName({ "^db": "first", db1: "second", "(": "bad" });
	expect(aliasOf("db1:3306")).toBe("first");
	expect(aliasOf("other:3306")).toBe("");
});

it("the alias of a cluster is that of a server that was seen, is writable, has most replicas", () => {
	const said = (alias: string) => ({ suggestedClusterAlias: alias });
	const up = server("p", 1, said("up"));
	const follower = replica("a", 2, said("follower"));
	const none = new Set<InstanceName>();
	expect(aliasAmong([follower, up], none)).toBe("up");
	expect(
		aliasAmong([{ ...up, check: failing("timeout") }, follower], none),
	).toBe("follower");
	expect(aliasAmong([follower, up], new Set<InstanceName>(["p:3306"]))).toBe(
		"follower",
	);
	const other = server("q", 3, said("other"));
	expect(aliasAmong([other, up, replica("a", 2)], none)).toBe("up");
	expect(aliasAmong([server("p", 1)], none)).toBe("");
});
