// The cache outside the repository. Every entry is a versioned folder that is
// built under another name and renamed when it is complete: whoever sees the
// final name sees a finished entry.

import {
	closeSync,
	existsSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** @returns {string} BATON_CACHE, or ~/.cache/baton */
export function cacheFolder() {
	return process.env.BATON_CACHE || join(homedir(), ".cache", "baton");
}

/**
 * Finished entries whose name starts with `prefix`.
 * @param {string} prefix
 * @returns {string[]} folder names, unsorted
 */
export function entries(prefix) {
	if (!existsSync(cacheFolder())) return [];
	return readdirSync(cacheFolder()).filter(
		(name) => name.startsWith(prefix) && !name.includes(".tmp-"),
	);
}

/**
 * Runs `build` on an empty temporary folder and renames that folder to the
 * name which `build` answers. When another process was first, its result stays.
 * @param {string} label names the temporary folder and the lock
 * @param {(folder: string) => Promise<string>} build answers the entry's name
 * @returns {Promise<string>} the entry's path
 */
export async function addEntry(label, build) {
	mkdirSync(cacheFolder(), { recursive: true });
	sweep(label);
	const temporary = join(cacheFolder(), `${label}.tmp-${process.pid}`);
	mkdirSync(temporary);
	try {
		const entry = join(cacheFolder(), await build(temporary));
		if (!existsSync(entry)) renameSync(temporary, entry);
		return entry;
	} finally {
		rmSync(temporary, { recursive: true, force: true });
	}
}

/**
 * Holds the lock `name` while `work` runs. The lock only saves double work and
 * keeps apt runs apart; entries are safe without it, since they are renamed. A
 * lock whose process is gone is taken over.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {(holder: number) => void} [onWait] called once when it must wait
 * @returns {Promise<T>}
 */
export async function withLock(name, work, onWait) {
	mkdirSync(cacheFolder(), { recursive: true });
	const path = join(cacheFolder(), `${name}.lock`);
	let told = false;
	while (!tryLock(path)) {
		const holder = holderOf(path);
		if (holder !== undefined && !isAlive(holder)) {
			rmSync(path, { force: true });
			continue;
		}
		if (!told) onWait?.(holder ?? 0);
		told = true;
		await sleep(100);
	}
	try {
		return await work();
	} finally {
		rmSync(path, { force: true });
	}
}

function tryLock(path) {
	try {
		const file = openSync(path, "wx");
		writeSync(file, String(process.pid));
		closeSync(file);
		return true;
	} catch (error) {
		if (error.code === "EEXIST") return false;
		throw error;
	}
}

function holderOf(path) {
	try {
		return Number(readFileSync(path, "utf8")) || undefined;
	} catch (error) {
		if (error.code === "ENOENT") return undefined;
		throw error;
	}
}

function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === "EPERM";
	}
}

/** Removes what earlier runs left behind when they were killed. */
function sweep(label) {
	for (const name of readdirSync(cacheFolder())) {
		const match = /^(.*)\.tmp-(\d+)$/.exec(name);
		if (match?.[1] !== label || isAlive(Number(match[2]))) continue;
		rmSync(join(cacheFolder(), name), { recursive: true, force: true });
	}
}
