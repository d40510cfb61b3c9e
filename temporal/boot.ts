import {
	type Client,
	isGrpcServiceError,
	WorkflowExecutionAlreadyStartedError,
} from "@temporalio/client";
import { errorText } from "../src/errors.ts";
import { asSummary } from "./markdown.ts";
import { QUEUES, SEARCH_ATTRIBUTES, watchWorkflowId } from "./names.ts";

const ALREADY_EXISTS = 6;

/** temporal.api.enums.v1.IndexedValueType. */
const INDEXED = { KEYWORD: 2, KEYWORD_LIST: 7 } as const;

/** Those that the namespace does not have: an earlier version may have registered others. */
const missingAttributes = async (
	{ operatorService }: Client["connection"],
	namespace: string,
): Promise<Record<string, number>> => {
	const { customAttributes } = await operatorService.listSearchAttributes({
		namespace,
	});
	return Object.fromEntries(
		Object.entries(SEARCH_ATTRIBUTES)
			.filter(([name]) => !(name in (customAttributes ?? {})))
			.map(([name, type]) => [name, INDEXED[type]]),
	);
};

/** Registers the search attributes and the retention. A server that does not allow it (a managed one) is told of, and used as it is. */
export const prepareNamespace = async (
	client: Client,
	namespace: string,
	retentionDays: number,
	log: { warn(text: string): void },
): Promise<void> => {
	const { operatorService, workflowService } = client.connection;
	try {
		const searchAttributes = await missingAttributes(
			client.connection,
			namespace,
		);
		if (Object.keys(searchAttributes).length > 0)
			await operatorService.addSearchAttributes({
				namespace,
				searchAttributes,
			});
	} catch (error) {
		if (!(isGrpcServiceError(error) && Number(error.code) === ALREADY_EXISTS))
			log.warn(
				`search attributes could not be registered (${errorText(error)}); create ${Object.keys(SEARCH_ATTRIBUTES).join(", ")} by hand, or operations cannot start`,
			);
	}
	try {
		await workflowService.updateNamespace({
			namespace,
			config: {
				workflowExecutionRetentionTtl: {
					seconds: retentionDays * 86_400,
				} as never,
			},
		});
	} catch (error) {
		log.warn(
			`the retention of namespace ${namespace} could not be set to ${retentionDays} days: ${errorText(error)}`,
		);
	}
};

/** Every group has its watch workflow; one that runs is left alone. */
export const ensureWatches = async (
	client: Client,
	groups: number,
): Promise<void> => {
	for (let group = 0; group < groups; group++)
		try {
			await client.workflow.start("watch", {
				workflowId: watchWorkflowId(group),
				taskQueue: QUEUES.main,
				workflowIdConflictPolicy: "USE_EXISTING",
				staticSummary: asSummary(`watches group ${group + 1} of ${groups}`),
				args: [{ group, groups }],
			});
		} catch (error) {
			if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
		}
};
