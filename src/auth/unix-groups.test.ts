import { expect, test } from "vitest";
import { groupsIn, unixGroupsOf } from "./unix-groups.ts";

const PASSWD = "root:x:0:0::/root:/bin/sh\nann:x:1000:100::/home/ann:/bin/sh\n";
const GROUP = "root:x:0:\nusers:x:100:\ndba:x:200:bob,ann\n";

test("a user's groups are the primary one and those that list the user", () => {
	expect(groupsIn("ann", PASSWD, GROUP)).toEqual(["users", "dba"]);
	expect(groupsIn("bob", PASSWD, GROUP)).toEqual(["dba"]);
	expect(groupsIn("nobody-here", PASSWD, GROUP)).toEqual([]);
});

test("reads this machine's own files", async () => {
	expect(await unixGroupsOf("root")).toContain("root");
	expect(await unixGroupsOf("")).toEqual([]);
});
