import type { AnalysisEntry } from "../analysis/analysis.ts";
import type { AuditedChange } from "../audit/changes.ts";
import type { Json } from "../compat/json/go-json.ts";
import type { Configuration } from "../config/keys.ts";
import type { Log } from "../log.ts";
import type { Names } from "../naming/names.ts";
import type { Severity } from "../operations/kinds/row.ts";
import type { ExplainRequest } from "../planning/explain-request.ts";
import type {
	Discovery,
	OperationRequest,
	Operator,
	TemporalState,
} from "../planning/operation.ts";
import type { ShownPlan } from "../planning/plan-text.ts";
import type { Rolling } from "../rolling/port.ts";
import type { Store } from "../store/contract.ts";
import type { Category } from "../surface/category.ts";
import type { FlagUse } from "../surface/flag-use.ts";
import type { BinaryLogStart } from "../topology/gtid/holding-logs.ts";
import type { Instance } from "../topology/instance.ts";
import type { HostPort, InstanceName } from "../topology/instance-name.ts";
import type { ServerLogs } from "../topology/pseudo-gtid/event-log.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import type { Flags } from "./flag-table.ts";
import type { Targets } from "./targets.ts";
import type { Foot } from "./terminal.ts";

/** One command, as data. Dispatch, listing, topics and the manual page come from the table of these. */
export interface Command {
	readonly name: string;
	readonly category: Category;
	readonly flags: readonly FlagUse[];
	/** `reads` answers from the store alone; `changes` changes servers or the store. */
	readonly access: "reads" | "changes";
	/** How urgent it is, of one that takes a cluster for itself. */
	readonly severity?: Severity;
	/** Gets the value of `-i` as it is, instead of running once for each instance in it. */
	readonly takesWholeList?: true;
	/** One line for the listing. */
	readonly summary: string;
	/** The topic's text. */
	readonly help: string;
	/** Writes the result to stdout, or throws. */
	readonly run: (context: CommandContext) => Promise<void>;
	/** The same as JSON: of a read what the API answers to it, of a change the API's envelope. */
	readonly json: (context: CommandContext) => Promise<Json>;
}

/** What whoever gave a command should know besides. */
export type Hints = () => Promise<readonly string[]>;

/** One run of a command: for one token of `-i`. */
export interface CommandContext extends Targets {
	readonly flags: Flags;
	readonly configuration: Configuration;
	readonly log: Log;
	readonly nowMs: number;
	/** Who asks, for the record: `-owner`, by default the user's name. */
	readonly asker: string;
	/** This process. */
	readonly node: { readonly hostname: string; readonly token: string };
	/** Names as people give them, resolved. */
	readonly names: Names;
	/** Writes one line to stdout. */
	print(line: string): void;
	/** Writes the listing of commands to stderr. */
	printListing(): void;
	/** The same for programs. */
	listing(): Json;
	/** Tells them when the command has run for each token of `-i`: only then all is there that they speak of. */
	tellLast(hints: Hints): void;
	/** Tells a step of an operation that is waited for; missing where nobody wants to hear of them. */
	readonly tellStep?: (line: string) => void;
	/** Shows beside the steps how far it is. */
	readonly foot?: Foot;
	/** Tells the audit of changes that were made. That it could not is an ERROR line: the changes stand. */
	audit(...changes: readonly AuditedChange[]): Promise<void>;
	/** Does the work on the store, and takes back what it did there. */
	tentatively<T>(work: (within: CommandContext) => Promise<T>): Promise<T>;
	/** Opened at the first call; closed when the process's work is done. */
	store(): Promise<Store>;
	operator(): Promise<Operator>;
	rolling(): Promise<Rolling>;
	discovery(): Promise<Discovery>;
	explain(request: ExplainRequest): Promise<ShownPlan>;
	/** The plan of an operation as it would be run now. Nothing is touched. */
	planOf(request: OperationRequest): Promise<ShownPlan>;
	/** A cluster as its servers are now, none of them waited for long. */
	lookAtCluster(identity: string): Promise<Snapshot>;
	/** Whether Temporal answers now; undefined where none is known on this machine. */
	askTemporal(): Promise<TemporalState | undefined>;
	/** The analysis of every known instance, or of those of one cluster; entries without a finding included. */
	analyse(clusterName?: string): Promise<readonly AnalysisEntry[]>;
	/** The server as it is now. @throws BatonError ServerUnreachable */
	lookAt(name: InstanceName): Promise<Instance>;
	/** Its binary logs, oldest first. @throws BatonError ServerUnreachable, ServerError */
	binaryLogStarts(name: InstanceName): Promise<readonly BinaryLogStart[]>;
	/** Reads a server's logs; says on stderr what was read when it takes long. @throws BatonError ServerUnreachable, ServerError */
	withLogs<T>(
		name: InstanceName,
		work: (logs: ServerLogs) => Promise<T>,
	): Promise<T>;
	/** One instance out of a list: parsed and resolved as `-i` is, not completed. @throws BatonError BadInput */
	listedInstance(text: string): Promise<InstanceName>;
	/** Connects to the server's port, then asks the name service for its canonical name. @throws BatonError */
	canonicalHost(target: HostPort): Promise<string>;
	/** Brings the store's tables up to date, whatever version they say they have. */
	redeployStore(): Promise<void>;
	/** The tables and columns that it would add. */
	lackingInStore(): Promise<readonly string[]>;
	/** What a reading route of the API answers, by the path that it has in the table. @throws BatonError as the route does */
	api(path: string, input: Readonly<Record<string, string>>): Promise<Json>;
	/** Serves until it is told to stop. */
	serve(options: { readonly http: boolean }): Promise<void>;
}
