// The Temporal CLI, which holds the embedded server. It is built from its Go
// module, pinned with all dependencies in temporal/cli/go.mod and go.sum.

import { fileURLToPath } from "node:url";
import { addEntry, withLock } from "./cache.mjs";
import { locateTemporal } from "./locate.mjs";
import { ask, onPath, run, SetupProblem } from "./run.mjs";
import { TEMPORAL_CLI_VERSION } from "./versions.mjs";

const MODULE = fileURLToPath(new URL("../temporal/cli", import.meta.url));
const PACKAGE = "github.com/temporalio/cli";
const WHY =
	"baton runs its workflows on Temporal; without an address of a cluster it starts this program";
const REMEDY = `put \`temporal\` (${TEMPORAL_CLI_VERSION} or newer) on PATH or name it in TEMPORAL_CLI; or install Go 1.26 or newer`;

export async function setUpTemporal(say) {
	if (locateTemporal() === undefined)
		await withLock(
			"temporal",
			async () => {
				if (locateTemporal() === undefined) await build(say);
			},
			() => say("waiting for another set-up"),
		);
	return locateTemporal();
}

async function build(say) {
	if (onPath("go") === undefined)
		throw new SetupProblem({
			missing: "neither `temporal` nor `go` is on PATH",
			why: WHY,
			remedy: REMEDY,
		});
	say(
		`building ${TEMPORAL_CLI_VERSION} with ${ask("go", ["version"]).trim()} (some minutes the first time)`,
	);
	await addEntry("temporal", async (folder) => {
		try {
			await run("go", buildArgs(`${folder}/temporal`), {
				cwd: MODULE,
				env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly" },
			});
		} catch (error) {
			throw new SetupProblem({
				missing: `the Temporal CLI could not be built:\n${error.message}`,
				why: WHY,
				remedy: `see above (a Go module proxy must be reachable); or ${REMEDY}`,
			});
		}
		await run(`${folder}/temporal`, ["--version"]);
		return `temporal-${TEMPORAL_CLI_VERSION}`;
	});
}

function buildArgs(output) {
	const version = `${PACKAGE}/internal/temporalcli.Version=${TEMPORAL_CLI_VERSION}`;
	return [
		"build",
		"-o",
		output,
		"-ldflags",
		`-s -w -X ${version}`,
		`${PACKAGE}/cmd/temporal`,
	];
}
