// A kind of operation that this version does not have.

import { sleep } from "@temporalio/workflow";

export const ofAnotherVersion = async (): Promise<void> => {
	for (;;) await sleep("500 ms");
};
