// An initialised data directory with the lab's accounts, made once per flavour,
// version and recipe, and copied for each server.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
	existsSync,
	mkdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { addEntry, cacheFolder, withLock } from "../../setup/cache.mjs";
import type { ServerProgram } from "../../setup/locate.mjs";
import { accountStatements } from "./accounts.ts";

/** Answers the template's data directory; makes it when it is not there. */
export async function ensureTemplate(server: ServerProgram): Promise<string> {
	const name = templateName(server);
	const entry = join(cacheFolder(), name);
	if (!existsSync(entry))
		await withLock(name, async () => {
			if (!existsSync(entry))
				await addEntry(name, async (folder) => {
					await initialise(server, folder);
					return name;
				});
		});
	return join(entry, "data");
}

/** Copies the template to `target`, sharing blocks where the file system can, and without those that are empty: over half of MySQL's. */
export async function copyTemplate(
	template: string,
	target: string,
): Promise<void> {
	const sparing =
		process.platform === "linux" ? ["--reflink=auto", "--sparse=always"] : [];
	await runToEnd("cp", ["-a", ...sparing, template, target]);
}

function templateName({ flavor, version }: ServerProgram): string {
	const recipe = JSON.stringify([accountStatements(flavor), INNODB_ARGS]);
	const hash = createHash("sha256").update(recipe).digest("hex").slice(0, 8);
	const user = process.getuid?.() ?? "user";
	return `lab-template-${flavor}-${version}-${user}-${hash}`;
}

const INNODB_ARGS = ["--innodb-buffer-pool-size=16M"];

async function initialise(
	server: ServerProgram,
	folder: string,
): Promise<void> {
	if (server.flavor === "mysql") await initialiseMysql(server, folder);
	else await initialiseMariadb(server, folder);
	// Each server makes its own UUID.
	rmSync(join(folder, "data", "auto.cnf"), { force: true });
}

async function initialiseMysql(
	server: ServerProgram,
	folder: string,
): Promise<void> {
	const accounts = join(folder, "accounts.sql");
	writeFileSync(accounts, toScript(accountStatements("mysql")));
	await runToEnd(
		server.program,
		initialArgs(server, folder, [
			"--innodb-redo-log-capacity=8M",
			"--initialize-insecure",
			`--init-file=${accounts}`,
		]),
	);
}

async function initialiseMariadb(
	server: ServerProgram,
	folder: string,
): Promise<void> {
	mkdirSync(join(folder, "data"));
	const args = initialArgs(server, folder, [
		"--innodb-log-file-size=8M",
		"--bootstrap",
		"--silent-startup",
	]);
	await runToEnd(server.program, args, systemTables(server));
	await runToEnd(
		server.program,
		args,
		toScript(["FLUSH PRIVILEGES", ...accountStatements("mariadb")]),
	);
}

function initialArgs(
	server: ServerProgram,
	folder: string,
	more: string[],
): string[] {
	return [
		...server.argsPrefix,
		"--no-defaults",
		...server.baseArgs,
		`--datadir=${join(folder, "data")}`,
		...INNODB_ARGS,
		...more,
	];
}

/** MariaDB 11 renamed the scripts from mysql_* to mariadb_*. */
function systemTables({ shareDirectory }: ServerProgram): string {
	if (shareDirectory === undefined)
		throw new Error("MariaDB's share folder was not found beside its program");
	const scripts = [
		"system_tables",
		"performance_tables",
		"system_tables_data",
	].map((script) => {
		const path = ["mysql", "mariadb"]
			.map((prefix) => join(shareDirectory, `${prefix}_${script}.sql`))
			.find(existsSync);
		if (path === undefined)
			throw new Error(`no ${script}.sql in ${shareDirectory}`);
		return readFileSync(path, "utf8");
	});
	return `CREATE DATABASE mysql;\nUSE mysql;\n${scripts.join("\n")}`;
}

function toScript(statements: string[]): string {
	return statements.map((statement) => `${statement};\n`).join("");
}

function runToEnd(program: string, args: string[], input = ""): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { stdio: ["pipe", "ignore", "pipe"] });
		let output = "";
		child.stderr.on("data", (chunk: Buffer) => {
			output += chunk.toString();
		});
		child.stdin.on("error", () => {
			// The program ended without reading; its exit code tells.
		});
		child.stdin.end(input);
		child.on("error", reject);
		child.on("close", (code) => {
			if (code === 0) resolve();
			else
				reject(
					new Error(`${program} ended with ${code}\n${output.slice(-3000)}`),
				);
		});
	});
}
