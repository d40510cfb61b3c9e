import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WorkflowHandle } from "@temporalio/client";
import {
	historyFromJSON,
	historyToJSON,
} from "@temporalio/common/lib/proto-utils.js";
import { ACCOUNTS } from "../lab/accounts.ts";

export const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** Every workflow type has one: whoever changes a workflow so that it cannot go on with it strands running operations. */
export const TYPES = [
	"adoption",
	"afterwards",
	"cluster",
	"coPrimary",
	"discover",
	"exchange",
	"housekeeping",
	"moves",
	"operation",
	"recovery",
	"rehearsal",
	"rejoin",
	"relocation",
	"rollingMaintenance",
	"serverChange",
	"takeover",
	"watch",
] as const;

const fileOf = (name: string): string => join(FOLDER, `${name}.json`);

/** Without the traces of failures: they tell where the sources lay on the machine that recorded them, and a replay does not read them. */
const withoutTraces = (text: string): string =>
	text.replace(/("stackTrace": ?)"(?:[^"\\]|\\.)*"/g, '$1""');

/** Keeps a history, to be replayed by tests. @throws when it holds a password of the lab */
export const keepHistory = async (
	handle: Pick<WorkflowHandle, "fetchHistory">,
	name: string,
): Promise<void> => {
	const history = await handle.fetchHistory();
	const text = historyToJSON(history);
	for (const { password } of Object.values(ACCOUNTS))
		if (password !== "" && readable(text).includes(password))
			throw new Error(`the history of ${name} holds a password`);
	writeFileSync(fileOf(name), `${withoutTraces(text)}\n`);
	process.stdout.write(`${name}: ${history.events?.length ?? 0} events\n`);
};

/** The recorded histories by name, as text and read. */
export const storedHistories = () =>
	readdirSync(FOLDER)
		.filter((file) => file.endsWith(".json"))
		.sort()
		.map((file) => {
			const text = readFileSync(join(FOLDER, file), "utf8");
			const history = historyFromJSON(JSON.parse(text));
			const { workflowId, workflowType } =
				history.events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
			return {
				name: basename(file, ".json"),
				type: workflowType?.name ?? "",
				/** An operation behaves by its own id. */
				workflowId: workflowId ?? "",
				text,
				history,
			};
		});

/** The text of a history with its payloads, which JSON holds in base64, put in as they are. */
export const readable = (text: string): string =>
	text.replace(
		/"data": ?"([A-Za-z0-9+/=]*)"/g,
		(_, data: string) =>
			`"data":${Buffer.from(data, "base64").toString("utf8")}`,
	);
