import { expect, it } from "vitest";
import { uuid } from "../../test/support/made-up-servers.ts";
import { isAnother, markOf, NO_MARK } from "./server-mark.ts";

const mysql = (n: number, serverId = n) => ({
	serverUuid: uuid(n),
	serverId,
	executedGtid: `${uuid(1)}:1-9`,
});
const mariadb = (serverId: number, executedGtid: string) => ({
	serverUuid: "",
	serverId,
	executedGtid,
});

it.each([
	[
		"MySQL by its UUID, whatever its id has become",
		mysql(1),
		mysql(1, 7),
		false,
	],
	["MySQL of another UUID", mysql(1), mysql(2, 1), true],
	[
		"MariaDB that has gone on",
		mariadb(1, "0-1-9"),
		mariadb(1, "0-2-12"),
		false,
	],
	[
		"MariaDB that lost its last writes",
		mariadb(1, "0-1-9"),
		mariadb(1, "0-1-8"),
		false,
	],
	["MariaDB of another id", mariadb(1, "0-1-9"), mariadb(2, "0-1-9"), true],
	["MariaDB of other domains", mariadb(1, "0-1-9"), mariadb(1, "5-1-9"), true],
	[
		"MariaDB with one domain more",
		mariadb(1, "0-1-9"),
		mariadb(1, "0-1-9,5-1-1"),
		false,
	],
	[
		"MariaDB that has written nothing",
		mariadb(1, "0-1-9"),
		mariadb(1, ""),
		false,
	],
	["MariaDB in place of MySQL", mysql(1), mariadb(1, "0-1-9"), true],
	["MySQL in place of MariaDB", mariadb(1, "0-1-9"), mysql(1), true],
] as const)("%s", (_, noted, now, another) => {
	expect(isAnother(markOf(noted), now)).toBe(another);
});

it("any server may be one of which nothing is known", () => {
	expect(isAnother(NO_MARK, mysql(1))).toBe(false);
	expect(
		isAnother(markOf(mysql(1)), {
			serverUuid: "",
			serverId: 0,
			executedGtid: "",
		}),
	).toBe(false);
});
