// Temporal's Java test server: tests of timers run there in no time.

import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { addEntry, withLock } from "./cache.mjs";
import { locateTimeSkippingServer } from "./locate.mjs";
import { onPath, run, SetupProblem } from "./run.mjs";
import { TIME_SKIPPING_VERSION } from "./versions.mjs";

const WHY =
	"the workflow tests skip hours of anti-flapping and downtime on Temporal's Java test server";
const REMEDY =
	"install a Java runtime and Maven (packages default-jre-headless and maven)";

const PROJECT = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>baton</groupId>
  <artifactId>time-skipping</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${TIME_SKIPPING_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

const STARTER = `#!/bin/sh
folder=$(cd "$(dirname "$0")" && pwd)
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$folder/lib/*" io.temporal.testserver.TestServer "$@"
`;

export async function setUpTimeSkipping(say) {
	if (onPath("java") === undefined) throw missing("java");
	if (locateTimeSkippingServer() === undefined)
		await withLock(
			"time-skipping",
			async () => {
				if (locateTimeSkippingServer() === undefined) await fetch(say);
			},
			() => say("waiting for another set-up"),
		);
	return locateTimeSkippingServer();
}

async function fetch(say) {
	if (onPath("mvn") === undefined) throw missing("mvn");
	say(`fetching temporal-test-server ${TIME_SKIPPING_VERSION} by Maven`);
	await addEntry("time-skipping", async (folder) => {
		const project = `${folder}/pom.xml`;
		writeFileSync(project, PROJECT);
		try {
			await run("mvn", [
				"-q",
				"-B",
				"-f",
				project,
				"dependency:copy-dependencies",
				`-DoutputDirectory=${folder}/lib`,
			]);
		} catch (error) {
			throw new SetupProblem({
				missing: `Maven could not fetch the test server:\n${error.message}`,
				why: WHY,
				remedy: "make a Maven repository reachable and run this again",
			});
		}
		rmSync(project);
		writeFileSync(`${folder}/temporal-test-server`, STARTER);
		chmodSync(`${folder}/temporal-test-server`, 0o755);
		return `time-skipping-${TIME_SKIPPING_VERSION}`;
	});
}

function missing(program) {
	return new SetupProblem({
		missing: `${program} is not on PATH`,
		why: WHY,
		remedy: REMEDY,
	});
}
