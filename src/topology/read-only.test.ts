import { expect, it } from "vitest";
import { readOnlyStatement } from "./read-only.ts";

it("is the statement that the server takes", () => {
	expect(readOnlyStatement({ flavor: "MySQL" })).toBe(
		"SET GLOBAL super_read_only = ON",
	);
	expect(readOnlyStatement({ flavor: "MariaDB" })).toBe(
		"SET GLOBAL read_only = ON",
	);
});
