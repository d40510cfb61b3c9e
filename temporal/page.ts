/**
 * Where the Temporal UI shows a workflow: the timeline of that run, or of the newest run where none is named.
 * @param uiAddress empty when nobody knows it
 * @returns empty then
 */
export const createPageOf =
	(uiAddress: string, namespace: string) =>
	(workflowId: string, runId = ""): string => {
		if (uiAddress === "") return "";
		// Ids have slashes and colons. Without a run the UI finds the newest, and goes on to its timeline by itself.
		const of = `${uiAddress}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
		return runId === "" ? of : `${of}/${encodeURIComponent(runId)}/timeline`;
	};
