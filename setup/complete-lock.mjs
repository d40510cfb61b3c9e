// node setup/complete-lock.mjs [package-lock.json]: run after `npm install` has changed the lock file.
//
// When a registry lacks a package's binary for some other platform, npm leaves
// it out of the lock file, and `npm ci` then refuses that file everywhere. This
// puts the entries back that `optionalDependencies` with exact versions name;
// the platform is read from the name, as in core-linux-x64-musl.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path =
	process.argv[2] ??
	fileURLToPath(new URL("../package-lock.json", import.meta.url));
const text = readFileSync(path, "utf8");
const lock = JSON.parse(text);
const added = [];

for (const parent of Object.values(lock.packages)) {
	for (const [name, version] of Object.entries(
		parent.optionalDependencies ?? {},
	)) {
		const key = `node_modules/${name}`;
		const platform = platformOf(name);
		if (key in lock.packages || platform === undefined) continue;
		if (!/^\d/.test(version)) continue;
		lock.packages[key] = {
			version,
			cpu: [platform.cpu],
			...(parent.dev ? { dev: true } : {}),
			...(platform.libc === undefined ? {} : { libc: [platform.libc] }),
			optional: true,
			os: [platform.os],
		};
		added.push(`${name}@${version}`);
	}
}

if (added.length > 0) {
	lock.packages = Object.fromEntries(
		Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)),
	);
	const indent = /^\{\n(\s+)/.exec(text)?.[1] ?? "  ";
	writeFileSync(path, `${JSON.stringify(lock, null, indent)}\n`);
}
console.log(
	`added ${added.length} entries${added.map((name) => `\n  ${name}`).join("")}`,
);

function platformOf(name) {
	const match =
		/-?(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x)(?:-(\w+))?$/.exec(
			name,
		);
	if (match === null) return undefined;
	const [, os, cpu, abi = ""] = match;
	const libc = abi.startsWith("musl")
		? "musl"
		: os === "linux" && abi.startsWith("gnu")
			? "glibc"
			: undefined;
	return { os, cpu, libc };
}
