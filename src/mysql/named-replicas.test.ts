import { expect, test } from "vitest";
import {
	clientHost,
	dumpingReplicas,
	listedReplicas,
	ndbServers,
} from "./named-replicas.ts";

test.each([
	["db1.example:53412", "db1.example"],
	["10.0.0.1:53412", "10.0.0.1"],
	["[2001:db8::7]:53412", "2001:db8::7"],
	["2001:db8::7:53412", "2001:db8::7"],
	["::1:53412", "::1"],
	["[::1]", "::1"],
	["::ffff:10.0.0.1:53412", "10.0.0.1"],
	["localhost", "localhost"],
	["", undefined],
	["not a host:1", undefined],
])("the host of a client %j is %j", (text, host) => {
	expect(clientHost(text)).toBe(host);
});

test("clients that binary logs are sent to are replicas on the source's port, each once", () => {
	expect(
		dumpingReplicas(
			[{ host: "a:1" }, { host: "a:2" }, { host: "[::1]:3" }, { host: null }],
			3307,
		),
	).toEqual(["a:3307", "::1:3307"]);
});

test("a listed replica without host or port does not hide the others", () => {
	expect(
		listedReplicas([
			{ Host: "", Port: 3306 },
			{ Host: "a", Port: 0 },
			{ Host: "b", Port: 70_000 },
			{ Host: "c", Port: 3306 },
		]),
	).toEqual(["c:3306"]);
});

test("servers of an NDB cluster are on the same port", () => {
	expect(
		ndbServers(
			[
				{ service: "mysql://10.0.0.5:3306/?server-id=1" },
				{ service: "ndb://10.0.0.6" },
				{ service: null },
			],
			3307,
		),
	).toEqual(["10.0.0.5:3307", "10.0.0.6:3307"]);
});
