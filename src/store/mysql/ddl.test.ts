import { expect, it } from "vitest";
import { table } from "../schema/column.ts";
import { TABLES } from "../schema/tables.ts";
import { columnDefinition, createTable, indexDefinition } from "./ddl.ts";

it("a column has every default that MySQL lets it have", () => {
	expect(columnDefinition("a", "tinyint")).toBe(
		"`a` tinyint unsigned not null default 0",
	);
	expect(columnDefinition("a", "signed tinyint default 1")).toBe(
		"`a` tinyint not null default 1",
	);
	expect(columnDefinition("a", "timestamp")).toBe(
		"`a` timestamp not null default current_timestamp",
	);
	expect(columnDefinition("a", "timestamp null")).toBe(
		"`a` timestamp null default null",
	);
	expect(columnDefinition("a", "varchar(16) default neutral")).toContain(
		"not null default 'neutral'",
	);
	expect(columnDefinition("a", "text")).toMatch(/^`a` mediumtext .* not null$/);
});

it("a text is in an index by its beginning, and a name is not longer than MySQL's", () => {
	const wanted = table({
		name: "t",
		columns: { a: "int", b: "text" },
		key: ["a"],
	});
	expect(
		indexDefinition(wanted, {
			name: "i".repeat(70),
			columns: ["a", "b"],
			unique: true,
		}),
	).toBe(`unique key \`${"i".repeat(64)}\` (\`a\`, \`b\`(128))`);
});

it("no two indexes of a table have one name once they are cut", () => {
	for (const each of TABLES) {
		const names = [...createTable(each).matchAll(/key `([^`]+)`/g)].map(
			([, name]) => name,
		);
		expect(new Set(names).size).toBe(names.length);
	}
});
