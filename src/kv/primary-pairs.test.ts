import { expect, test } from "vitest";
import { instanceName } from "../topology/instance-name.ts";
import { primaryPairs } from "./primary-pairs.ts";

test.each(["mysql/master", "mysql/master/"])(
	"the five entries below %s",
	(prefix) => {
		expect(
			primaryPairs(prefix, "shop", instanceName("::1", 3306), {
				ipv4: "",
				ipv6: "::1",
			}).map(({ key, value }) => `${key}=${value}`),
		).toEqual([
			"mysql/master/shop=::1:3306",
			"mysql/master/shop/hostname=::1",
			"mysql/master/shop/port=3306",
			"mysql/master/shop/ipv4=",
			"mysql/master/shop/ipv6=::1",
		]);
	},
);

test("a host that was not looked up has empty addresses", () => {
	expect(
		primaryPairs("", "shop", "db1:3306", undefined).map(({ value }) => value),
	).toEqual(["db1:3306", "db1", "3306", "", ""]);
});
