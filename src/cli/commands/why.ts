import { okJson } from "../../compat/json/envelope.ts";
import { whyText } from "../../compat/text/why/why-text.ts";
import { CLUSTER_FLAGS, CLUSTER_HELP } from "../../surface/flag-use.ts";
import type { Command } from "../command.ts";
import { told } from "../told.ts";
import { whySubject } from "../why-subject.ts";

/** Baton's own. */
export const WHY_COMMANDS: readonly Command[] = [
	{
		name: "why",
		category: "Recovery",
		flags: CLUSTER_FLAGS,
		access: "reads",
		summary: "Say what is known of a cluster, and why it is judged so",
		help: `Prints what is known of a cluster: what is wrong and whether a recovery would start, the tree, each instance with the age of what is known and what could not be found out, each row of the analysis and what speaks against it, and what went before. Also as \`why CLUSTER\`, where an instance of it will do. What a failover could do, and which privileges are missing, is told by a look at the servers now, where they answer within a second; Temporal is asked whether it is there. Nothing is touched. ${CLUSTER_HELP}`,
		...told(async (context) => whyText(await whySubject(context)), {
			lines: (text) => [text],
			// As topologies: text, in an envelope.
			json: (text) => okJson(text.split("\n")[0] ?? "", text),
		}),
	},
];
