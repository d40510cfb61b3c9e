import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { historyFromJSON } from "@temporalio/common/lib/proto-utils.js";

export const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** Every workflow type has one: whoever changes a workflow so that it cannot go on with it strands running operations. */
export const TYPES = [
	"adoption",
	"afterwards",
	"cluster",
	"discover",
	"housekeeping",
	"recovery",
	"rehearsal",
	"rejoin",
	"relocation",
	"takeover",
	"watch",
] as const;

export const fileOf = (name: string): string => join(FOLDER, `${name}.json`);

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
