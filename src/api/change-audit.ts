import type { Request } from "express";
import type { Caller } from "../auth/authenticator.ts";
import { instanceName, isHost } from "../topology/instance-name.ts";
import type { ApiDeps } from "./deps.ts";
import type { Route } from "./route.ts";

/** Who asked for what, from where. */
export interface AskedChange {
	readonly route: Route;
	readonly request: Request;
	readonly caller: Caller;
	readonly input: Readonly<Record<string, unknown>>;
}

const instanceOf = ({ input }: AskedChange): string => {
	const { host, port } = input;
	return typeof host === "string" && isHost(host) && /^\d+$/.test(`${port}`)
		? instanceName(host, Number(port))
		: "";
};

const asker = ({ caller, request }: AskedChange): string =>
	`${caller.user || "somebody"} from ${request.socket.remoteAddress ?? "a local socket"}`;

/**
 * Records each asked-for change before it is made and its result after it (reliability.md, Security). A change whose asking
 * cannot be recorded is not made; a result that cannot be recorded is logged.
 */
export const createChangeAudit = (
	deps: Pick<ApiDeps, "audit" | "nowMs" | "log">,
) => {
	const write = (asked: AskedChange, message: string) =>
		deps.audit({
			atMs: deps.nowMs(),
			type: `api-${asked.route.path.split("/")[0] ?? ""}`,
			instance: instanceOf(asked),
			clusterName: "",
			message,
		});
	return {
		before: (asked: AskedChange): Promise<void> =>
			write(asked, `asked for by ${asker(asked)}: ${asked.request.path}`),
		after: async (asked: AskedChange, result: string): Promise<void> => {
			try {
				await write(asked, `asked for by ${asker(asked)}: ${result}`);
			} catch (error) {
				deps.log.error({ err: error, result }, "cannot write the audit");
			}
		},
	};
};

export type ChangeAudit = ReturnType<typeof createChangeAudit>;
