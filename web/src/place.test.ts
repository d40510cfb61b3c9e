import { expect, test } from "vitest";
import { placeOf } from "./place.ts";

test.each([
	["", { page: "clusters" }],
	["clusters", { page: "clusters" }],
	["cluster/db1:3306", { page: "cluster", hint: "db1:3306" }],
	["cluster/alias/orders", { page: "cluster", hint: "orders" }],
	["cluster/instance/db1/3306", { page: "cluster", hint: "db1:3306" }],
	["audit-recovery/cluster/db1:3306", { page: "recoveries" }],
])("%j is the page %j", (path, place) => {
	expect(placeOf(path)).toEqual(place);
});
