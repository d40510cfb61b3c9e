/**
 * What the command line needs of the rest of Baton. Every entry is called only by the commands that need it, and the
 * wiring behind each imports its modules only then: a read loads no Temporal, no web server and no database driver
 * that it does not use.
 */
import type { Json } from "../compat/json/go-json.ts";
import type { Configuration } from "../config/keys.ts";
import type { LoadedConfiguration } from "../config/load.ts";
import type { Log } from "../log.ts";
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
import type { BinaryLogStart } from "../topology/gtid/holding-logs.ts";
import type { Instance } from "../topology/instance.ts";
import type { HostPort, InstanceName } from "../topology/instance-name.ts";
import type { ServerLogs } from "../topology/pseudo-gtid/event-log.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import type { Foot } from "./terminal.ts";

/** Something open that must be closed when the command ends. */
interface Connected<T> {
	readonly value: T;
	readonly close: () => Promise<void>;
}

export interface ServeRequest {
	readonly loaded: LoadedConfiguration;
	/** false for `-c continuous`: no API, no pages. */
	readonly http: boolean;
	/** `-discovery`. */
	readonly discovery: boolean;
	readonly grabElection: boolean;
	readonly log: Log;
}

export interface CliDependencies {
	/** @param file `-config`, empty for the usual places. @throws BatonError BadConfiguration */
	loadConfiguration(file: string): LoadedConfiguration;
	/** @param mayMake a reader finds an empty store where there is none, and makes neither file nor folder */
	openStore(configuration: Configuration, mayMake: boolean): Promise<Store>;
	/** Brings the store's tables up to date, whatever version they say they have. */
	redeployStore(configuration: Configuration): Promise<void>;
	/** The tables and columns that it would add. */
	lackingInStore(configuration: Configuration): Promise<readonly string[]>;
	connectOperator(
		configuration: Configuration,
		store: Store,
		log: Log,
	): Promise<Connected<Operator>>;
	/** The same without Temporal: operations run in this very process. */
	breakGlass(
		configuration: Configuration,
		store: Store,
		log: Log,
	): Promise<Connected<Operator>>;
	/** Rolling maintenances, which nodes run. */
	connectRolling(
		configuration: Configuration,
		store: Store,
		log: Log,
	): Promise<Connected<Rolling>>;
	connectDiscovery(
		configuration: Configuration,
		store: Store,
		log: Log,
	): Promise<Connected<Discovery>>;
	explain(
		configuration: Configuration,
		store: Store,
		request: ExplainRequest,
	): Promise<ShownPlan>;
	/** The plan of an operation as it would be run now, as `explain` prints plans. Looks at the servers and touches nothing. */
	planOf(
		configuration: Configuration,
		store: Store,
		request: OperationRequest,
	): Promise<ShownPlan>;
	/** A cluster as its servers are now, none of them waited for long; nothing is touched. */
	lookAtCluster(
		configuration: Configuration,
		store: Store,
		identity: string,
	): Promise<Snapshot>;
	/** What a reading route of the API answers, asked in this process. @throws BatonError as the route does */
	answerOfApi(
		configuration: Configuration,
		store: Store,
		asked: {
			readonly path: string;
			readonly input: Readonly<Record<string, string>>;
			readonly log: Log;
		},
	): Promise<Json>;
	/** Whether Temporal answers now; undefined where none is known on this machine. Never waits for it long. */
	askTemporal(configuration: Configuration): Promise<TemporalState | undefined>;
	/** One server as it is now, whatever the store says. @throws BatonError ServerUnreachable */
	lookAt(configuration: Configuration, name: InstanceName): Promise<Instance>;
	/** Its binary logs, oldest first. @throws BatonError ServerUnreachable, ServerError */
	binaryLogStarts(
		configuration: Configuration,
		name: InstanceName,
	): Promise<readonly BinaryLogStart[]>;
	/**
	 * Reads a server's logs over a connection of its own, which ends with the work.
	 * @param onProgress told what was read when it takes long
	 * @throws BatonError ServerUnreachable, ServerError
	 */
	withLogs<T>(
		configuration: Configuration,
		name: InstanceName,
		onProgress: (text: string) => void,
		work: (logs: ServerLogs) => Promise<T>,
	): Promise<T>;
	/** Serves until it is told to stop. */
	serve(request: ServeRequest): Promise<void>;
	/** HostnameResolveMethod applied to one host. @throws when it does not resolve. */
	resolveHost(configuration: Configuration, target: HostPort): Promise<string>;
	/**
	 * Connects to the server's port, then asks the name service for its canonical name.
	 * @throws BatonError ServerUnreachable when nothing answers there, BadInput when the name service does not know it
	 */
	canonicalHost(
		configuration: Configuration,
		target: HostPort,
	): Promise<string>;
	nowMs(): number;
	/** Name of this machine. */
	localHostname(): string;
	userName(): string;
	/** Unique to this process, for the table of nodes. */
	readonly processToken: string;
	/** Name by which the program was called, for the listings. */
	readonly program: string;
	readonly version: string;
	/** Git commit; may be empty. */
	readonly commit: string;
}

/** Where output goes. Commands write results to `stdout`; log lines and listings go to `stderr`. */
export interface Streams {
	readonly stdout: (text: string) => void;
	readonly stderr: (text: string) => void;
	/** The same two for what may be in colour; where that is not given, nothing is. */
	readonly coloured?: Pick<Streams, "stdout" | "stderr">;
	/** A person reads what stderr is given. */
	readonly isTerminal?: boolean;
	/** Where that terminal can draw a line anew. */
	readonly foot?: Foot;
}
