import { expect, test } from "vitest";
import { readServerVersion } from "./locate.mjs";
import { compareVersions } from "./versions.mjs";

test("the flavour is read from what the server says of itself", () => {
	expect(
		readServerVersion("mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))"),
	).toEqual({ flavor: "mysql", version: "9.7.4" });
	expect(
		readServerVersion("mariadbd  Ver 10.11.18-MariaDB-0+deb12u1 for linux"),
	).toEqual({ flavor: "mariadb", version: "10.11.18" });
	expect(readServerVersion("")).toBeUndefined();
});

test("versions compare by number", () => {
	expect(compareVersions("10.2", "9.7.4")).toBeGreaterThan(0);
	expect(compareVersions("8.0.26", "8.0.26-1")).toBe(0);
	expect(compareVersions("8.0", "8.0.1")).toBeLessThan(0);
});
