/** The uid of an operation holds the id of its run. */
export const runInUid = (runId: string): string => runId.replaceAll("-", "");
