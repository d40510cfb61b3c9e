import { expect, test } from "vitest";
import { compilePath, decodePath } from "./path.ts";

const instance = compilePath("/api/instance/:host/:port");

test("matches the whole decoded path, with one optional slash", () => {
	expect(instance.match("/api/instance/db1/3306")).toEqual({
		host: "db1",
		port: "3306",
	});
	expect(instance.match("/api/instance/db1/3306/")).toBeDefined();
	expect(instance.match("/api/instance/db1/3306//")).toBeUndefined();
	expect(instance.match("/api/instance/db1")).toBeUndefined();
	expect(instance.match("/x/api/instance/db1/3306")).toBeUndefined();
});

test("trims the line end of the stock client", () => {
	const path = decodePath("/api/instance/db1%0A/3306%0A");
	expect(instance.match(path ?? "")).toEqual({ host: "db1", port: "3306" });
});

test("an encoded slash splits the segment", () => {
	expect(
		instance.match(decodePath("/api/instance/a%2Fb/3306") ?? ""),
	).toBeUndefined();
});

test("broken percent-encoding is no path", () => {
	expect(decodePath("/api/%E0%A4%A")).toBeUndefined();
});

test("characters of a pattern mean themselves", () => {
	expect(compilePath("/api/openapi.json").match("/api/openapiXjson")).toBe(
		undefined,
	);
});
