/** Names that the client, the workers and the workflows share. No imports: it is bundled into the workflow sandbox. */

export const QUEUES = {
	/** Entities, watch workflows, housekeeping and their small activities. */
	main: "baton",
	/** The long watching activities, and those of housekeeping: nodes work it off, single commands do not. */
	watch: "baton-watch",
	/** Operations: workflow and steps on one worker, so that steps are handed over eagerly. */
	operate: "baton-operate",
} as const;

export const clusterWorkflowId = (identity: string): string =>
	`cluster/${identity}`;

/** One id for every kind of operation of a cluster: its mutex. */
export const operationWorkflowId = (identity: string): string =>
	`operate/${identity}`;

/** Of the hooks that come after an operation. */
export const hooksWorkflowId = (identity: string, uid: string): string =>
	`${operationWorkflowId(identity)}/hooks/${uid}`;

/** Whether a workflow is the operation of some cluster. */
export const isOperation = (workflowId: string): boolean =>
	workflowId.startsWith(operationWorkflowId(""));

export const rehearsalWorkflowId = (identity: string): string =>
	`rehearsal/${identity}`;

/** One for each cluster: two would take out two servers. */
export const rollingWorkflowId = (identity: string): string =>
	`rolling-maintenance/${identity}`;

export const watchWorkflowId = (group: number): string => `watch/${group}`;

/** Ids of the schedules, and of the workflows that they start. */
export const SCHEDULES = {
	housekeeping: "housekeeping",
	discover: "discover",
} as const;

/** What Temporal is told of an alias: with a longer search attribute it would end the workflow. Characters. */
export const LONGEST_ALIAS = 128;

/** Search attributes, registered at boot; shown in the Temporal UI. */
export const SEARCH_ATTRIBUTES = {
	BatonCluster: "KEYWORD",
	BatonAlias: "KEYWORD",
	BatonOperation: "KEYWORD",
	BatonAnalysis: "KEYWORD",
	BatonState: "KEYWORD",
	BatonInstances: "KEYWORD_LIST",
} as const;

export const SIGNALS = {
	analysisChanged: "analysisChanged",
	instanceReturned: "instanceReturned",
	primaryMoved: "primaryMoved",
	named: "named",
	/** An operation of the cluster was started without its entity. */
	operationStarted: "operationStarted",
	/** A node has begun to watch the cluster. */
	watchTaken: "watchTaken",
} as const;

export const UPDATES = {
	operate: "operate",
	/** Of a rolling maintenance: answers when it is under way, or why it is refused. */
	beginRolling: "begin",
	/** Of a rolling maintenance: pause, resume, cancel. */
	tellRolling: "tell",
} as const;

export const QUERIES = {
	status: "status",
	/** Of an operation: asking for its end changes nothing any more. */
	isPastReturn: "isPastReturn",
} as const;

/** Type of the failure of an operation that was terminated: none of its own code has run since. */
export const TERMINATED = "Terminated";
