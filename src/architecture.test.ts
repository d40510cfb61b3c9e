/** Which part of Baton may know which other (docs/architecture.md), read off the import statements; and what its text may cite. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = ["src", "activities", "workflows", "workers", "temporal"];

interface Import {
	readonly file: string;
	/** Folder that the file is in, below `src/` where it is there. */
	readonly room: string;
	/** Path from the root of the repository, or the name of a package. */
	readonly target: string;
	readonly targetRoom: string;
}

/** `src/store/rows/cell.ts` is in `store`, `src/errors.ts` in `errors.ts`, `workers/node.ts` in `workers`. */
const roomOf = (path: string): string => {
	const [first = "", second = ""] = path.split("/");
	return first === "src" ? second : first;
};

const NAMED = /(?:\bfrom|\bimport\s*\(|^import)\s*"([^"\s]+)"/gm;

const importsOf = (file: string): Import[] =>
	[...readFileSync(join(ROOT, file), "utf8").matchAll(NAMED)].map(
		([, named = ""]) => {
			const isOurs = named.startsWith(".");
			const target = isOurs ? join(dirname(file), named) : named;
			return {
				file,
				room: roomOf(file),
				target,
				targetRoom: isOurs ? roomOf(target) : "",
			};
		},
	);

const isSource = (file: string): boolean =>
	/\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file);

const filesBelow = (folder: string): string[] =>
	readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
		.filter((each) => each.isFile())
		.map((each) => relative(ROOT, join(each.parentPath, each.name)));

const IMPORTS = FOLDERS.flatMap(filesBelow).filter(isSource).flatMap(importsOf);

const inWords = (imports: readonly Import[]): string[] =>
	imports.map(({ file, target }) => `${file} imports ${target}`);

const SURFACES = ["api", "cli"];
const OUTER = [...SURFACES, "workers", "workflows", "activities", "temporal"];

/** Room, and the rooms that it must know nothing of. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
	api: ["cli", "workers", "workflows", "activities", "temporal", "mysql"],
	cli: ["api", "workflows", "activities", "temporal", "mysql", "watching"],
	compat: [...OUTER, "mysql", "watching"],
	config: [...OUTER, "compat", "mysql", "watching", "discovery"],
	store: [...OUTER, "config", "compat", "mysql", "analysis", "planning"],
	mysql: [...OUTER, "compat", "store", "watching", "discovery"],
	operations: [...OUTER, "surface", "config", "compat", "store", "mysql"],
	engine: [...OUTER, "surface", "config", "compat", "store", "watching"],
	naming: [...OUTER, "config", "compat", "mysql", "discovery"],
	reading: [...OUTER, "config", "compat", "mysql", "discovery"],
	kv: [...OUTER, "config", "compat", "mysql", "discovery"],
	discovery: [...OUTER, "compat", "watching"],
	watching: [...OUTER, "compat", "config"],
	hooks: [...OUTER, "compat", "config", "mysql", "store"],
	workflows: [...SURFACES, "workers", "store", "config", "compat", "watching"],
	activities: [...SURFACES, "workers", "workflows", "compat"],
	temporal: [...SURFACES, "workers", "workflows", "activities", "mysql"],
	workers: ["cli"],
};

describe("rooms that know nothing of each other", () => {
	test.each(Object.entries(FORBIDDEN))("%s of %j", (room, others) => {
		const own = IMPORTS.filter((each) => each.room === room);
		// A room that is gone, or renamed, is no longer held to anything.
		expect(own).not.toEqual([]);
		expect(
			inWords(own.filter(({ targetRoom }) => others.includes(targetRoom))),
		).toEqual([]);
	});
});

const PURE = ["topology", "analysis", "planning", "policy", "operations"];
const PURE_MAY_IMPORT = [...PURE, "errors.ts"];

/** Schemas of input have no effect. */
const PURE_PACKAGES = ["zod/mini"];

test.each(PURE)(
	"%s is pure: no driver, file, network, logger or Temporal",
	(room) => {
		const own = IMPORTS.filter((each) => each.room === room);
		expect(own).not.toEqual([]);
		expect(
			inWords(
				own.filter(
					({ target, targetRoom }) =>
						!PURE_MAY_IMPORT.includes(targetRoom) &&
						!PURE_PACKAGES.includes(target),
				),
			),
		).toEqual([]);
	},
);

const IMPURE =
	/\bDate\.now\b|\bnew Date\(\)|\bprocess\.|\bMath\.random\b|\bperformance\.|\bsetTimeout\b|\bconsole\./;

test.each(PURE)("%s asks no clock and no environment", (room) => {
	const files = new Set(
		IMPORTS.filter((each) => each.room === room).map(({ file }) => file),
	);
	expect(
		[...files].filter((file) =>
			IMPURE.test(readFileSync(join(ROOT, file), "utf8")),
		),
	).toEqual([]);
});

test("what runs knows nothing of what tests it", () => {
	const product = IMPORTS.filter(({ targetRoom, target }) =>
		[targetRoom, target].some((each) => each === "test" || each === "vitest"),
	);
	expect(inWords(product)).toEqual([]);
});

/** Package, and the places that may import it. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
	mysql2: ["src/mysql/", "src/store/mysql/"],
	kysely: ["src/store/"],
	express: ["src/api/"],
	"@temporalio/workflow": ["workflows/"],
	"@temporalio/activity": ["activities/"],
};

test.each(Object.entries(PACKAGES))(
	"%s is imported below %j only",
	(name, places) => {
		const users = IMPORTS.filter(
			({ target }) => target === name || target.startsWith(`${name}/`),
		);
		expect(users).not.toEqual([]);
		expect(
			inWords(
				users.filter(
					({ file }) => !places.some((place) => file.startsWith(place)),
				),
			),
		).toEqual([]);
	},
);

/** Whatever is not a template of the catalogue: files that pass on what others say, how often, and whose words they are. */
const PASSED_ON: Readonly<Record<string, readonly [number, string]>> = {
	"src/errors/template.ts": [1, "the catalogue's own"],
	"src/api/route.ts": [1, "the field's, where the schema is"],
	"src/api/routes/replication.ts": [1, "the obstacle's, of the policy"],
	"src/cli/row-commands.ts": [1, "the failure's that the operation came to"],
	"src/cli/print-plan.ts": [1, "the plan's refusal"],
	"activities/failure.ts": [1, "a foreign error's"],
	"temporal/client-failure.ts": [
		2,
		"a workflow's failure's, and a foreign error's",
	],
};

test("what Baton says of an error is in the catalogue, and only what others say is passed on", () => {
	const made = FOLDERS.flatMap(filesBelow)
		.filter(isSource)
		.flatMap((file) => {
			const text = readFileSync(join(ROOT, file), "utf8");
			const count = text.split(/\bnew BatonError\(/).length - 1;
			return count === 0 ? [] : [[file, count] as const];
		});
	expect(Object.fromEntries(made)).toEqual(
		Object.fromEntries(
			Object.entries(PASSED_ON).map(([file, [count]]) => [file, count]),
		),
	);
});

test("the catalogue of errors, which workflows have too, imports nothing but itself", () => {
	const own = IMPORTS.filter(({ room }) =>
		["errors", "errors.ts"].includes(room),
	);
	expect(own.length).toBeGreaterThan(5);
	expect(
		inWords(own.filter(({ targetRoom }) => targetRoom !== "errors")),
	).toEqual([]);
});

/** What a file needs when it runs: imports that are not of types alone. */
const NEEDED =
	/^(?:import|export)\s+(?!type\b)(?:[^;"]*?\sfrom\s+)?"([^"\s]+)"/gm;

const loadedBy = (file: string, seen: Set<string>): Set<string> => {
	if (seen.has(file)) return seen;
	seen.add(file);
	if (!file.endsWith(".ts")) return seen;
	for (const [, named = ""] of readFileSync(join(ROOT, file), "utf8").matchAll(
		NEEDED,
	))
		loadedBy(named.startsWith(".") ? join(dirname(file), named) : named, seen);
	return seen;
};

const LOADED = [...loadedBy("workflows/index.ts", new Set())];

test("the workflow code draws in no package beside Temporal's own and the schemas", () => {
	const packages = LOADED.filter((each) => !each.endsWith(".ts")).sort();
	expect(packages).toEqual([
		"@temporalio/common",
		"@temporalio/workflow",
		"zod/mini",
	]);
});

test("the workflow code plans nothing, and holds no rule that people tune", () => {
	const planners = IMPORTS.filter(
		({ file, target }) =>
			file.endsWith("planners.ts") && target.endsWith("-plan.ts"),
	).map(({ target }) => target);
	expect(planners.length).toBeGreaterThan(3);
	expect(
		LOADED.filter(
			(each) =>
				planners.includes(each) ||
				each.startsWith("src/policy/") ||
				each.startsWith("src/analysis/"),
		),
	).toEqual([]);
});

const PAGES = [...readdirSync(ROOT), ...filesBelow("docs")].filter((file) =>
	file.endsWith(".md"),
);

const isPage = (cited: string): boolean => {
	const path = cited.replace(/^(?:\.{0,2}\/)+/, "");
	return PAGES.some((page) => page === path || page.endsWith(`/${path}`));
};

const TEXTS = [...FOLDERS, "test", "setup", "bench", "web"]
	.flatMap(filesBelow)
	.filter((file) => /\.(?:tsx?|mjs)$/.test(file))
	.map((file) => ({ file, text: readFileSync(join(ROOT, file), "utf8") }));

test("no source cites a page that is not here", () => {
	const cited = TEXTS.flatMap(({ file, text }) =>
		[...text.matchAll(/[\w./-]*\w\.md\b/g)].map(([page]) => ({ file, page })),
	);
	expect(cited.length).toBeGreaterThan(5);
	expect(cited.filter(({ page }) => !isPage(page))).toEqual([]);
});

test("no source cites a section by its number", () => {
	expect(
		TEXTS.filter(({ text }) => text.includes("\u00a7")).map(({ file }) => file),
	).toEqual([]);
});
