import { expect, test } from "vitest";
import { createEnvironment } from "./environment.ts";

test("the data directory: BATON_DATA, beside other data, root's, or below the home directory", () => {
	const directory = (
		env: Record<string, string>,
		root: boolean,
		beside?: string,
	) => createEnvironment(env, { root }).dataDirectory(beside);
	expect(directory({ BATON_DATA: "/d", HOME: "/h" }, true)).toBe("/d");
	expect(directory({ HOME: "/h" }, true)).toBe("/var/lib/baton");
	expect(directory({ BATON_DATA: "/d" }, true, "/s")).toBe("/d");
	expect(directory({ HOME: "/h" }, true, "/s")).toBe("/s");
	expect(directory({ HOME: "/h" }, false)).toBe("/h/.local/share/baton");
});

test("variables are passed on, those not set are absent", () => {
	const environment = createEnvironment({ A: "1", B: undefined });
	expect(environment.variable("A")).toBe("1");
	expect(environment.variable("C")).toBeUndefined();
	expect(environment.inherited()).toEqual({ A: "1" });
});
