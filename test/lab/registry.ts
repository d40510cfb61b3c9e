// Which labs belong to which process, so that the labs of killed processes can
// be removed. A kept lab is not listed.

import { createHash } from "node:crypto";
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeLab } from "./lab.ts";
import { identify, isAlive, type ProcessIdentity } from "./owned-process.ts";

interface Registration {
	readonly directory: string;
	readonly owner: ProcessIdentity;
}

export function recordLab(directory: string): void {
	const registration: Registration = {
		directory,
		owner: identify(process.pid),
	};
	mkdirSync(registryFolder(), { recursive: true });
	writeFileSync(fileFor(directory), JSON.stringify(registration));
}

export function forgetLab(directory: string): void {
	rmSync(fileFor(directory), { force: true });
}

/** Ends and removes the labs whose owner is gone; answers their folders. */
export async function sweepAbandonedLabs(): Promise<string[]> {
	if (!existsSync(registryFolder())) return [];
	const abandoned = readdirSync(registryFolder())
		.map((name) => readRegistration(join(registryFolder(), name)))
		.filter((found) => found !== undefined)
		.filter(({ owner }) => !isAlive(owner))
		.map(({ directory }) => directory);
	for (const directory of abandoned) await removeLab(directory);
	return abandoned;
}

/** undefined when another process has just removed it, or not yet written it. */
function readRegistration(path: string): Registration | undefined {
	try {
		return JSON.parse(readFileSync(path, "utf8")) as Registration;
	} catch {
		return undefined;
	}
}

function registryFolder(): string {
	return join(tmpdir(), `baton-labs-${process.getuid?.() ?? "user"}`);
}

function fileFor(directory: string): string {
	const hash = createHash("sha256").update(directory).digest("hex");
	return join(registryFolder(), `${hash.slice(0, 16)}.json`);
}
