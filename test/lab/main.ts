// npx tsx test/lab/main.ts <command>: a lab to play with, which outlives the command.

import {
	existsSync,
	mkdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { ServerFlavor } from "../../setup/locate.mjs";
import { ACCOUNTS } from "./accounts.ts";
import { attachLab, createLab, type Lab, removeLab } from "./lab.ts";
import { sweepAbandonedLabs } from "./registry.ts";
import type { LabServer } from "./server.ts";
import { statusLine } from "./status-line.ts";

const STATE_FOLDER = fileURLToPath(new URL("../../.baton", import.meta.url));
const STATE = `${STATE_FOLDER}/lab.json`;

const USAGE = `usage: lab <command>
  up [--flavor mysql|mariadb] [--replicas N] [--chain] [--no-semi-sync]
  status                 the servers: role, read-only, replication, semi-sync
  kill N | pause N | resume N | stop N | start N     N: a server's number or port
  query N SQL            as root
  down                   ends and removes the lab, and labs of killed processes`;

/** A mistake of the person who typed the command. */
class Mistake extends Error {}

interface State {
	readonly flavor: ServerFlavor;
	readonly directory: string;
}

const EFFECTS: Record<string, (server: LabServer) => Promise<void> | void> = {
	kill: (server) => server.kill(),
	pause: (server) => server.pause(),
	resume: (server) => server.resume(),
	stop: (server) => server.stop(),
	start: (server) => server.start(),
};

try {
	await command(process.argv.slice(2));
} catch (error) {
	const text = error instanceof Error ? error.message : String(error);
	process.stderr.write(`${text}\n`);
	process.exitCode = error instanceof Mistake ? 2 : 1;
}

async function command([name = "", ...args]: string[]): Promise<void> {
	const effect = EFFECTS[name];
	if (name === "up") return up(args);
	if (name === "down") return down();
	if (name === "status") return status(openState());
	if (name === "query") {
		const rows = await pick(args[0]).query(args.slice(1).join(" "));
		return say(JSON.stringify(rows, null, 2));
	}
	if (effect === undefined) throw new Mistake(USAGE);
	const server = pick(args[0]);
	await effect(server);
	say(await statusLine(server));
}

async function up(args: string[]): Promise<void> {
	if (existsSync(STATE))
		throw new Mistake(
			"there is a lab already; see `status`, or end it with `down`",
		);
	const options = upOptions(args);
	const lab = await createLab({ flavor: options.flavor, log: say });
	try {
		await lab.lay(options);
		mkdirSync(STATE_FOLDER, { recursive: true });
		const state: State = { flavor: lab.flavor, directory: lab.directory };
		writeFileSync(STATE, JSON.stringify(state));
	} catch (error) {
		await lab.stop();
		throw error;
	}
	lab.keep();
	await status(lab);
	const { user, password } = ACCOUNTS.orchestrator;
	say(`topology account: ${user} / ${password}`);
}

function upOptions(args: string[]) {
	const { values } = parseArgs({
		args,
		options: {
			flavor: { type: "string", default: "mysql" },
			replicas: { type: "string", default: "3" },
			chain: { type: "boolean", default: false },
			"no-semi-sync": { type: "boolean", default: false },
		},
	});
	const { flavor } = values;
	if (flavor !== "mysql" && flavor !== "mariadb")
		throw new Mistake(`--flavor is mysql or mariadb, not ${flavor}`);
	const replicas = Number(values.replicas);
	if (!Number.isInteger(replicas) || replicas < 0)
		throw new Mistake(`--replicas is a number, not ${values.replicas}`);
	return {
		flavor: flavor as ServerFlavor,
		replicas,
		chain: values.chain,
		semiSync: !values["no-semi-sync"],
	};
}

async function down(): Promise<void> {
	if (existsSync(STATE)) {
		await removeLab(readState().directory);
		rmSync(STATE);
		say("the lab is gone");
	} else say("there is no lab");
	for (const directory of await sweepAbandonedLabs())
		say(`removed what a killed process left in ${directory}`);
}

async function status(lab: Lab): Promise<void> {
	say(`${lab.flavor} ${lab.version} in ${lab.directory}`);
	for (const line of await Promise.all(lab.servers.map(statusLine))) say(line);
}

function pick(number: string | undefined): LabServer {
	const { servers } = openState();
	const found = servers.find(({ serverId, port }) =>
		[serverId, port].includes(Number(number)),
	);
	if (found === undefined)
		throw new Mistake(
			`which server? one of ${servers.map(({ serverId }) => serverId).join(", ")}`,
		);
	return found;
}

function openState(): Lab {
	if (!existsSync(STATE))
		throw new Mistake("there is no lab; make one with `up`");
	const { flavor, directory } = readState();
	return attachLab(flavor, directory);
}

function readState(): State {
	return JSON.parse(readFileSync(STATE, "utf8")) as State;
}

function say(text: string): void {
	process.stdout.write(`${text}\n`);
}
