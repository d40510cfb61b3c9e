// Builds dist/: the command line as an ES module bundle with lazily loaded chunks, the workflow code as one script for
// the workers, and the web application. `node setup/build.mjs`
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const at = (path) => `${root}${path}`;

/** Packages with native code, or that load files beside themselves: they stay in node_modules. */
const EXTERNAL = [
	"better-sqlite3",
	"@temporalio/*",
	"@swc/*",
	"express",
	"pino",
	"protobufjs",
	"webpack",
];

const commit = () => {
	try {
		return execFileSync("git", ["rev-parse", "--short", "HEAD"], {
			cwd: root,
			encoding: "utf8",
			stdio: ["ignore", "pipe", "ignore"],
		}).trim();
	} catch {
		// An unpacked archive has no history.
		return "";
	}
};

const buildCommandLine = () =>
	build({
		absWorkingDir: root,
		entryPoints: { cli: "src/cli/main.ts" },
		outdir: "dist",
		bundle: true,
		splitting: true,
		format: "esm",
		platform: "node",
		target: "node20",
		external: EXTERNAL,
		chunkNames: "chunks/[name]-[hash]",
		sourcemap: "linked",
		legalComments: "none",
		// A running node keeps the text of all that it has loaded.
		minifyWhitespace: true,
		logLevel: "warning",
		define: { BATON_COMMIT: JSON.stringify(commit()) },
		// Bundled CommonJS packages call require for Node's own modules.
		banner: {
			js: 'import { createRequire as batonRequire } from "node:module"; const require = batonRequire(import.meta.url);',
		},
	});

const buildWorkflows = async () => {
	const { bundleWorkflowCode } = await import("@temporalio/worker");
	const { code } = await bundleWorkflowCode({
		workflowsPath: at("workflows/index.ts"),
		// Evaluated once a thread and not once a workflow: none of it keeps anything between calls.
		preloadModules: [at("workflows/index.ts")],
	});
	// Each thread of a node keeps it, and its source map: without the blanks, and the sources that nobody asks for.
	const slim = await transform(code, {
		minifyWhitespace: true,
		sourcemap: "inline",
		sourcesContent: false,
		sourcefile: "workflow-bundle.js",
		legalComments: "none",
	});
	writeFileSync(at("dist/workflow-bundle.js"), slim.code);
};

const buildWeb = async () => {
	const { build: buildWithVite } = await import("vite");
	await buildWithVite({
		root: at("web"),
		configFile: at("web/vite.config.ts"),
		logLevel: "warn",
	});
};

const timed = async (name, run) => {
	const start = performance.now();
	await run();
	process.stdout.write(
		`${name}: ${Math.round(performance.now() - start)} ms\n`,
	);
};

for (const old of ["dist/chunks", "dist/cli.js", "dist/cli.js.map"])
	rmSync(at(old), { recursive: true, force: true });
mkdirSync(at("dist"), { recursive: true });
await timed("command line", buildCommandLine);
if (existsSync(at("workflows/index.ts")))
	await timed("workflows", buildWorkflows);
if (existsSync(at("web/vite.config.ts"))) await timed("web", buildWeb);
