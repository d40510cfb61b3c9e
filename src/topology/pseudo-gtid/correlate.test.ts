import fc from "fast-check";
import { expect, test } from "vitest";
import {
	EVENT_BYTES,
	memoryLog,
	type Told,
} from "../../../test/support/memory-logs.ts";
import type { Coordinates } from "../instance.ts";
import { correlate } from "./correlate.ts";
import type { MarkerRules } from "./markers.ts";

const RULES: MarkerRules = {
	isMarker: (info) => info.startsWith("marker"),
	monotonicHint: "",
	skipped: ["beat"],
};

/** What a server writes of a change: every server its own form of it. */
const asLogged = (change: string, server: number): Told =>
	change.startsWith("rows")
		? ["Write_rows", `table_id: ${server * 7} flags: ${change}`]
		: change.startsWith("marker")
			? ["Query", `${change} /* xid=${server} */`]
			: ["Xid", `COMMIT /* xid=${server} */`];

/** What a server writes besides. */
const noise = fc.constantFrom<Told>(
	["Format_desc", "Server ver"],
	["Previous_gtids", ""],
	["Binlog_checkpoint", "x"],
	["Annotate_rows", "y"],
	["Query", "beat 7"],
);

const change = fc.oneof(
	fc.constantFrom("commit", "rows a", "rows b", "rows c"),
	fc.nat(3).map((n) => `marker early ${n}`),
);

/** Before each change: what is written besides, and whether a new file begins. */
const setting = fc.record({
	besides: fc.array(noise, { maxLength: 2 }),
	rotates: fc.boolean(),
});

interface Written {
	readonly files: Record<string, Told[]>;
	/** Where each change begins, and ends. */
	readonly starts: readonly Coordinates[];
	readonly ends: readonly Coordinates[];
}

const write = (
	changes: readonly string[],
	settings: readonly { besides: readonly Told[]; rotates: boolean }[],
	server: number,
): Written => {
	const files: Record<string, Told[]> = {};
	const [starts, ends]: [Coordinates[], Coordinates[]] = [[], []];
	let file = "";
	const add = (told: Told): Coordinates => {
		files[file] ??= [];
		files[file]?.push(told);
		return {
			file,
			position: 4 + ((files[file]?.length ?? 0) - 1) * EVENT_BYTES,
		};
	};
	for (const [index, each] of changes.entries()) {
		const { besides = [], rotates = false } = settings[index] ?? {};
		if (file === "" || rotates)
			file = `bin.${String(Object.keys(files).length + server).padStart(6, "0")}`;
		for (const told of besides) add(told);
		const start = add(asLogged(each, server));
		starts.push(start);
		ends.push({ file, position: start.position + EVENT_BYTES });
	}
	return { files, starts, ends };
};

const scene = fc
	.record({
		before: fc.array(change, { maxLength: 6 }),
		// Behind the last marker of the own server.
		after: fc.array(fc.constantFrom("commit", "rows a", "rows b"), {
			maxLength: 8,
		}),
		further: fc.array(change, { maxLength: 4 }),
		own: fc.array(setting, { minLength: 20, maxLength: 20 }),
		other: fc.array(setting, { minLength: 20, maxLength: 20 }),
	})
	.map(({ before, after, further, own, other }) => {
		const known = [...before, "marker last", ...after];
		return {
			markerAt: before.length,
			lastAt: known.length - 1,
			own: write([...known, ...further], own, 1),
			other: write([...known, ...further], other, 2),
		};
	});

const sides = ({
	markerAt,
	lastAt,
	own,
}: typeof scene extends fc.Arbitrary<infer T> ? T : never) => ({
	log: memoryLog("db1:3306", "binary", own.files),
	marker: {
		coordinates: own.starts[markerAt] ?? { file: "", position: 0 },
		text: "marker last",
	},
	end: own.ends[lastAt],
});

test("what one server has up to a place ends at the same change in the other's log", async () => {
	await fc.assert(
		fc.asyncProperty(scene, async (made) => {
			const other = memoryLog("db2:3306", "binary", made.other.files);
			expect(await correlate(sides(made), other, RULES)).toEqual(
				made.other.ends[made.lastAt],
			);
		}),
		{ numRuns: 300 },
	);
});

test("a log that lacks a change, or has another one instead, gives no place", async () => {
	await fc.assert(
		fc.asyncProperty(scene, fc.nat(), fc.boolean(), async (made, at, cut) => {
			const { markerAt, lastAt } = made;
			fc.pre(lastAt > markerAt);
			const changed = markerAt + 1 + (at % (lastAt - markerAt));
			const { file, position } = made.other.starts[changed] as Coordinates;
			const index = (position - 4) / EVENT_BYTES;
			const names = Object.keys(made.other.files);
			const files = Object.fromEntries(
				names
					.slice(0, cut ? names.indexOf(file) + 1 : undefined)
					.map((name) => {
						const told = made.other.files[name] ?? [];
						if (name !== file) return [name, told];
						return [
							name,
							cut
								? told.slice(0, index)
								: told.with(index, ["Query", "written here"]),
						];
					}),
			);
			await expect(
				correlate(
					sides(made),
					memoryLog("db2:3306", "binary", nonEmpty(files)),
					RULES,
				),
			).rejects.toThrow(
				cut
					? "db1:3306 is ahead of db2:3306, whose binary log ends before"
					: `where db2:3306 has Query "written here" at ${file}:${position}`,
			);
		}),
		{ numRuns: 300 },
	);
});

/** A file of a server is never empty. */
const nonEmpty = (files: Record<string, readonly Told[]>) =>
	Object.fromEntries(
		Object.entries(files).map(([name, told]) => [
			name,
			told.length > 0 ? told : ([["Format_desc", "Server ver"]] as Told[]),
		]),
	);

test("a marker that is in no log of the other, or nothing to compare, is said", async () => {
	const log = memoryLog("db1:3306", "binary", {
		"bin.000001": [["Query", "marker 1 beat"]],
	});
	const own = {
		log,
		marker: {
			coordinates: { file: "bin.000001", position: 4 },
			text: "marker 1 beat",
		},
	};
	await expect(
		correlate(
			own,
			memoryLog("db2:3306", "binary", { x: [["Query", "BEGIN"]] }),
			RULES,
		),
	).rejects.toThrow(
		'the Pseudo-GTID entry "marker 1 beat" of db1:3306 is in no binary log of db2:3306',
	);
	await expect(correlate(own, log, RULES)).rejects.toThrow(
		"no entry of db1:3306 could be compared; SkipBinlogEventsContaining skips them all",
	);
});
